/** What a call's voice suffered on its way. */
export interface VoicePath {
  /** Share of frames that never came, 0–1. */
  readonly lossRatio: number;
  readonly oneWayDelayMs: number;
  /** Mean deviation of arrival; what a buffer must hold back. */
  readonly jitterMs: number;
}

/** R of an undisturbed narrow-band call with the defaults of ITU-T G.107 (06/2015). */
const UNDISTURBED = 93.2;
/** Delay from which conversation itself suffers, milliseconds. */
const TOO_LATE_MS = 177.3;
/** Robustness of G.711 with packet-loss concealment against random loss: `Bpl` of ITU-T G.113 appendix I. */
const LOSS_ROBUSTNESS = 25.1;

/**
 * Transmission rating R, 0–100: ITU-T G.107 reduced to delay and loss of G.711, with the linear form of the delay impairment
 * (Cole and Rosenbluth, 2001). An estimate from network figures, not from listening.
 */
export function transmissionRating({ lossRatio, oneWayDelayMs, jitterMs }: VoicePath): number {
  const delayMs = Math.max(0, oneWayDelayMs) + 2 * Math.max(0, jitterMs);
  const delayLoss = 0.024 * delayMs + (delayMs > TOO_LATE_MS ? 0.11 * (delayMs - TOO_LATE_MS) : 0);
  const lossPercent = 100 * Math.min(1, Math.max(0, lossRatio));
  const frameLoss = (95 * lossPercent) / (lossPercent + LOSS_ROBUSTNESS);
  return Math.min(100, Math.max(0, UNDISTURBED - delayLoss - frameLoss));
}

/** Mean opinion score that the rating predicts, 1–4.5 (ITU-T G.107 annex B). */
export function estimatedMos(path: VoicePath): number {
  const rating = transmissionRating(path);
  return Math.max(1, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6);
}
