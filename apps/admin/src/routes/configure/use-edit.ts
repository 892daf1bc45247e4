import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { type ApiProblem, asProblem } from "../../api/problem.ts";
import { type Conflict, differences, type Draft, merge, type Place } from "./draft.ts";
import { type LayerOf, layerQuery, storeLayer } from "./layer-source.ts";
import { type Edit, keepEdit, loadEdit } from "./stored-edit.ts";

/** My changes and somebody else's that do not go together by themselves. */
export interface Clash {
  readonly merged: Draft;
  readonly theirs: Draft;
  readonly conflicts: readonly Conflict[];
  readonly taken: readonly Place[];
}

export interface Editing {
  /** Undefined while it is being read. */
  readonly draft: Draft | undefined;
  readonly stored: Draft | undefined;
  readonly error: Error | null;
  readonly refetch: () => unknown;
  readonly changes: readonly Place[];
  /** When unsaved changes of an earlier visit were made; null when there are none. */
  readonly restoredFrom: string | null;
  readonly change: (update: (draft: Draft) => Draft) => void;
  readonly discard: () => void;
  readonly isSaving: boolean;
  readonly problem: ApiProblem | null;
  readonly clash: Clash | null;
  readonly leaveClash: () => void;
  /** True once it is stored, also when there was nothing to store. */
  readonly save: () => Promise<boolean>;
  /** Stores what a person chose for a clash. */
  readonly settle: (draft: Draft) => Promise<boolean>;
}

/** One layer being edited: kept in this tab until it is saved or discarded, and brought together with what others saved meanwhile. */
export function useEdit(of: LayerOf, owner: string): Editing {
  const query = useMemo(() => layerQuery(of), [of]);
  const client = useQueryClient();
  const { data, error, refetch } = useQuery(query);
  const name = `${owner}/${of.tenant}/${of.layer}/${of.layer === "tenant" ? of.playbook : of.deployment}`;
  const [edit, setEdit] = useState(() => loadEdit(name));
  const [restoredFrom, setRestoredFrom] = useState(() => edit?.at ?? null);
  const [isSaving, setSaving] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [clash, setClash] = useState<Clash | null>(null);
  useEffect(() => keepEdit(name, edit), [name, edit]);

  const stored = data?.body;
  const draft = edit?.mine ?? stored;
  const changes = useMemo(() => (edit === null ? [] : differences(edit.base, edit.mine)), [edit]);

  const change = useCallback(
    (update: (draft: Draft) => Draft): void => {
      if (stored === undefined) return;
      setEdit((before) => {
        const base = before?.base ?? stored;
        const mine = update(before?.mine ?? stored);
        return differences(base, mine).length === 0 ? null : { base, mine, at: new Date().toISOString() };
      });
    },
    [stored],
  );
  const discard = (): void => {
    setEdit(null);
    setRestoredFrom(null);
    setProblem(null);
  };

  /** Stores my changes on top of the newest version; a clash goes to the person first. */
  const store = async ({ base, mine }: Pick<Edit, "base" | "mine">, isSettled: boolean): Promise<boolean> => {
    for (let attempt = 1; ; attempt += 1) {
      const newest = await client.fetchQuery({ ...query, staleTime: attempt === 1 ? Number.POSITIVE_INFINITY : 0 });
      const merged = merge(base, mine, newest.body);
      if (merged.conflicts.length > 0 && !isSettled) {
        setClash({ ...merged, merged: merged.draft, theirs: newest.body });
        return false;
      }
      try {
        const saved = await storeLayer(of, merged.draft, newest.etag ?? "");
        client.setQueryData(query.queryKey, saved);
        discard();
        setClash(null);
        return true;
      } catch (thrown) {
        const refusal = asProblem(thrown);
        if (refusal.code !== "precondition_failed" || attempt > 3) throw refusal;
      }
    }
  };
  const attempt = async (wanted: Pick<Edit, "base" | "mine">, isSettled: boolean): Promise<boolean> => {
    setSaving(true);
    setProblem(null);
    try {
      const isStored = await store(wanted, isSettled);
      if (isStored) void client.invalidateQueries({ queryKey: ["api", of.tenant] });
      return isStored;
    } catch (thrown) {
      setProblem(asProblem(thrown));
      return false;
    } finally {
      setSaving(false);
    }
  };

  return {
    draft,
    stored,
    error,
    refetch,
    changes,
    restoredFrom: edit === null ? null : restoredFrom,
    change,
    discard,
    isSaving,
    problem,
    clash,
    leaveClash: () => setClash(null),
    save: () => (edit === null ? Promise.resolve(true) : attempt(edit, false)),
    settle: (chosen) => (clash === null ? Promise.resolve(false) : attempt({ base: clash.theirs, mine: chosen }, true)),
  };
}
