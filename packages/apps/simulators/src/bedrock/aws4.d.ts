// The part of aws4 that is used; the package brings no types.

declare module "aws4" {
  class RequestSigner {
    constructor(
      request: object,
      credentials: { readonly accessKeyId: string; readonly secretAccessKey: string },
    );
    sign(): object;
  }
  const aws4: { readonly RequestSigner: typeof RequestSigner };
  export = aws4;
}
