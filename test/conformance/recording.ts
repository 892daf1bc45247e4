import type { SandboxRequest, SandboxResponse, SandboxVendor } from "@tandem/ports/sandbox";
import { type RunningSandbox, startSandbox } from "@tandem/sandbox-host";

/** One request of ours and the emulator's own answer to it. */
export interface RecordedExchange {
  readonly vendor: string;
  readonly request: SandboxRequest;
  readonly response: SandboxResponse;
}

export interface Recording {
  readonly running: RunningSandbox;
  readonly exchanges: readonly RecordedExchange[];
  /** Origin of one vendor's emulator. */
  origin(vendor: string): string;
}

/** Starts emulators in memory and keeps every exchange that no fault has bent. */
export async function startRecording(vendors: readonly SandboxVendor[]): Promise<Recording> {
  const exchanges: RecordedExchange[] = [];
  const running = await startSandbox({
    vendors,
    dataDir: null,
    tap: ({ vendor, request, response, fault }) => {
      if (response !== null && fault === null) exchanges.push({ vendor, request, response });
    },
  });
  return { running, exchanges, origin: (vendor) => running.origins[vendor] ?? "" };
}
