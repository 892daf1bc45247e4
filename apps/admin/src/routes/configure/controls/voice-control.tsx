import { useState } from "react";
import { useRefusal } from "../../../shell/permission.ts";
import { Combobox, type ComboboxOption } from "../../../ui/combobox.tsx";
import type { ControlProps } from "./control.ts";
import { TextControl } from "./text-controls.tsx";
import { isVoicesOld, useVoices, type Voice, type Voices } from "./use-voices.ts";
import { VoiceLine } from "./voice-line.tsx";

interface VoiceControlProps extends ControlProps {
  readonly tenant: string;
  /** The connection whose voices they are; undefined while none is chosen. */
  readonly connection: string | undefined;
}

/** A voice of the connected account by its name, or any id as it is typed. */
export function VoiceControl({ connection, ...props }: VoiceControlProps) {
  return connection === undefined ? <TextControl {...props} /> : <OfAccount {...props} connection={connection} />;
}

function OfAccount(props: VoiceControlProps & { readonly connection: string }) {
  const { tenant, connection, value, isDisabled } = props;
  const { voices, look } = useVoices(tenant, connection);
  const refusal = useRefusal(tenant, "edit");
  if (voices?.isListed !== true) return <TextControl {...props} />;
  const kept = typeof value === "string" ? value : "";
  const begin = (): void => {
    if (refusal === null && isVoicesOld(voices) && !look.isPending) look.mutate(connection);
  };
  return (
    <div className="grid w-full gap-1.5">
      {isDisabled ? <TextControl {...props} /> : <VoiceBox {...props} kept={kept} voices={voices} onBegin={begin} />}
      <VoiceLine kept={kept} voices={voices} look={look} refusal={refusal} onLook={() => look.mutate(connection)} />
    </div>
  );
}

interface VoiceBoxProps extends ControlProps {
  readonly kept: string;
  readonly voices: Voices;
  /** Somebody has come to the input. */
  readonly onBegin: () => void;
}

const MOST = 60;

function VoiceBox({ kept, voices, onBegin, onChange, onEmpty, label }: VoiceBoxProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const leave = (): void => {
    if (typed === null) return;
    const wanted = typed.trim();
    if (wanted === "") onEmpty?.();
    else onChange(voices.voices.find(({ name }) => name.toLowerCase() === wanted.toLowerCase())?.id ?? wanted);
    setTyped(null);
  };
  return (
    <div onFocus={onBegin} onBlur={leave}>
      <Combobox
        {...(label !== undefined && { label })}
        options={fitting(voices.voices, typed ?? "", kept).map(optionOf)}
        text={typed ?? kept}
        onText={setTyped}
        onPick={({ value }) => {
          setTyped(null);
          onChange(value);
        }}
        isLoading={voices.look?.state === "pending"}
        emptyText={voices.asOf === null ? "The voices have not been read yet" : "None fits: it is taken as a voice id"}
      />
    </div>
  );
}

/** Those in which every word occurs; the chosen one first, so that Enter keeps it. */
function fitting(voices: readonly Voice[], text: string, kept: string): readonly Voice[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = voices.filter((voice) => {
    const all = `${voice.name} ${voice.note} ${voice.language ?? ""} ${voice.id}`.toLowerCase();
    return words.every((word) => all.includes(word));
  });
  return found.toSorted((left, right) => Number(right.id === kept) - Number(left.id === kept)).slice(0, MOST);
}

const optionOf = ({ id, name, language, note }: Voice): ComboboxOption => ({
  value: id,
  label: name,
  note: [language, note].filter((part) => part !== null && part !== "").join(" · "),
});
