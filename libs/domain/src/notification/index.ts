export {
  type Destination,
  type DestinationRules,
  destinationRefusals,
  mayConnect,
  readDestination,
} from "./destination.ts";
export { type Notification, notificationEvents, type NotificationType, notificationTypes } from "./event-catalog.ts";
export { needsPerson, notificationsOf, type NotificationSubject, type OutboxFact } from "./notifications-of.ts";
export { linkOffer, type LinkOffer, withLinks } from "./link-offer.ts";
export { isAddress, isLoopbackAddress, isPublicAddress } from "./public-address.ts";
export { ROLLOUT_EVENT, rolloutMessage } from "./rollout-message.ts";
export { type SlackMessage, slackMessage } from "./slack-message.ts";
export {
  DeliveryState,
  DISABLED_AFTER_MS,
  type EventFilter,
  EventFilters,
  isWanted,
  LARGEST_BODY_BYTES,
  pauseAfter,
  RETRY_PAUSES_MS,
  WebhookKind,
  WebhookState,
  WebhookWish,
} from "./webhook.ts";
