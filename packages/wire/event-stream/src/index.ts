export {
  createFrameDecoder,
  encodeFrame,
  encodeMessage,
  type Frame,
  type FrameDecoder,
  type FrameDecoderOptions,
  type FrameErrorCode,
  type HeaderValue,
} from "./frame.ts";
