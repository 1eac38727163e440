/** What a model identifier names: `input.model`. */
export interface ModelDescription {
  /** The base model. */
  readonly id: string;
  readonly provider: string;
  /** Which form its bodies have. */
  readonly family: string;
  readonly version?: string;
  readonly arn?: string;
  readonly region?: string;
  readonly profile?: string;
}
