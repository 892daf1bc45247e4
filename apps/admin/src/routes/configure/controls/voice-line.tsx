import { Button } from "../../../ui/button.tsx";
import { OutsideLink } from "../../../ui/link.tsx";
import { Spinner } from "../../../ui/spinner.tsx";
import { Time } from "../../../ui/time.tsx";
import type { Voice, VoiceLook, Voices } from "./use-voices.ts";

interface VoiceLineProps {
  readonly kept: string;
  readonly voices: Voices;
  readonly look: VoiceLook;
  readonly refusal: string | null;
  readonly onLook: () => void;
}

/** Below the input: who the voice is, and how old the list is that it was chosen from. */
export function VoiceLine({ kept, voices, look, refusal, onLook }: VoiceLineProps) {
  const isReading = look.isPending || voices.look?.state === "pending";
  const voice = voices.voices.find(({ id }) => id === kept);
  return (
    <div className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-soft">
      {voice !== undefined && <Chosen voice={voice} />}
      {voice === undefined && kept !== "" && voices.asOf !== null && voices.isWhole && (
        <span className="text-warn">not among the account's voices</span>
      )}
      {isReading ? (
        <span role="status" className="inline-flex items-center gap-1.5 text-ink-faint">
          <Spinner /> reading the account's voices
        </span>
      ) : (
        <>
          <Reading voices={voices} problem={look.error?.detail ?? null} />
          <Button look="quiet" size="small" disabledBecause={refusal} onClick={onLook}>
            {voices.asOf === null ? "Read the voices" : "Read anew"}
          </Button>
        </>
      )}
    </div>
  );
}

const Chosen = ({ voice: { name, note, previewUrl } }: { readonly voice: Voice }) => (
  <span>
    {name}
    {note !== "" && <span className="text-ink-faint"> · {note}</span>}
    {previewUrl !== null && (
      <>
        {" "}
        <OutsideLink href={previewUrl}>Listen to {name}</OutsideLink>
      </>
    )}
  </span>
);

function Reading({ voices, problem }: { readonly voices: Voices; readonly problem: string | null }) {
  const { look, asOf, isWhole } = voices;
  const failure = problem ?? (look?.state === "failed" ? (look.detail ?? look.code) : null);
  if (failure !== null) return <span className="text-bad">The voices could not be read: {failure}</span>;
  if (asOf === null) return null;
  return (
    <span className="text-ink-faint">
      {voices.voices.length} {voices.voices.length === 1 ? "voice" : "voices"}
      {!isWhole && " of more"}, read <Time at={asOf} show="relative" />
    </span>
  );
}
