/** How an answer ended: `refused` by the gateway itself, for what the policy was not asked about. */
export type Ending =
  | "complete"
  | "cut_short"
  | "denied"
  | "refused"
  | "client_gone"
  | "upstream_error";
