import { everyVoice, noteOf, type Voices } from "@tandem/ports/voices";
import { once } from "./client.ts";
import { VoicesAnswer } from "./wire.ts";
import type { RetellWorkspace } from "./workspace.ts";

/** The voices of a workspace: one answer without pages. Retell names no language: a voice speaks that of its agent. */
export const openVoices = ({ sdk, calls }: RetellWorkspace): Voices => ({
  list: () =>
    calls.run("list voices", ({ read }) =>
      everyVoice(() =>
        read(async (signal) => ({
          voices: VoicesAnswer.parse(await sdk.voice.list(once(signal))).map((voice) => ({
            id: voice.voice_id,
            name: voice.voice_name,
            language: null,
            note: noteOf(voice.gender, voice.accent, voice.age, voice.provider),
            previewUrl: voice.preview_audio_url ?? null,
          })),
          next: null,
        })),
      ),
    ),
});
