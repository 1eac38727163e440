export { readAttempt } from "./attempt.ts";
export { messagesFormat } from "./messages-format.ts";
export {
  isMessageCut,
  messagesOpaque,
  messagesStep,
  messagesTables,
  messagesUsage,
} from "./stream-events.ts";
export { anthropicMessages } from "./surface.ts";
