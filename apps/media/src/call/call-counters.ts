/** What one call counted, on the audio path and beside it. Plain numbers: adding to them costs nothing. */
export interface CallCounters {
  /** Caller frames that came. */
  frames: number;
  /** Caller frames that never came, by their timestamps. */
  lostFrames: number;
  speculationsKept: number;
  speculationsDiscarded: number;
  failovers: number;
  breakersOpened: number;
  /** Times without any sound for more than 2 s while an answer was due. */
  silences: number;
  /** Times that nothing was said or heard for longer than any rule allows. */
  stalls: number;
  /** Provider audio that was not in the format asked for. */
  encodingMismatches: number;
}

export const noCounts = (): CallCounters => ({
  frames: 0,
  lostFrames: 0,
  speculationsKept: 0,
  speculationsDiscarded: 0,
  failovers: 0,
  breakersOpened: 0,
  silences: 0,
  stalls: 0,
  encodingMismatches: 0,
});
