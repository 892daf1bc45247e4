import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { read } from "../../../api/query.ts";
import { Combobox } from "../../../ui/combobox.tsx";
import { Input } from "../../../ui/input.tsx";
import type { ControlProps } from "./control.ts";

const MOST = 60;

/** A time zone by its name, with what its clocks are off UTC by now. */
export function ZoneControl({
  value,
  onChange,
  onEmpty,
  isDisabled,
  tenant,
}: ControlProps & { readonly tenant: string }) {
  const kept = typeof value === "string" ? value : "";
  const [typed, setTyped] = useState<string | null>(null);
  const { data } = useQuery({ ...read("/v1/time-zones", { tenant }), staleTime: 3_600_000 });
  if (isDisabled) return <Input disabled value={kept} />;
  const zones = data?.items ?? [];
  const wanted = (typed ?? "").toLowerCase().replaceAll(" ", "_");
  const fitting = zones.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, MOST);
  const leave = (): void => {
    if (typed === null) return;
    const exact = zones.find(({ name }) => name.toLowerCase() === wanted);
    if (wanted === "") onEmpty?.();
    else onChange(exact?.name ?? typed);
    setTyped(null);
  };
  return (
    <div className="w-full" onBlur={leave}>
      <Combobox
        options={fitting.map(({ name, offsetMinutes }) => ({
          value: name,
          label: name,
          note: offsetText(offsetMinutes),
        }))}
        text={typed ?? kept}
        onText={setTyped}
        onPick={({ value: zone }) => {
          setTyped(null);
          onChange(zone);
        }}
        isLoading={data === undefined}
        placeholder="Europe/Berlin"
        emptyText="No time zone has this name"
      />
    </div>
  );
}

/** 120 → "UTC+2", -210 → "UTC−3:30". */
function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest === 0 ? "" : `:${String(rest).padStart(2, "0")}`}`;
}
