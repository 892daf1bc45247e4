import { type ReactNode, useState } from "react";
import { api } from "../../api/client.ts";
import { useWrite } from "../../api/write.ts";
import { usePlatformRefusal } from "../../shell/permission.ts";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { toast } from "../../ui/toast.tsx";
import type { FleetDetail } from "./words.ts";

type Ask = "pause" | "resume" | "abort";

interface Words {
  readonly button: string;
  readonly question: string;
  readonly consequences: ReactNode;
  readonly told: string;
}

const WORDS: Readonly<Record<Ask, Words>> = {
  pause: {
    button: "Pause",
    question: "Pause this fleet rollout?",
    consequences: "Nothing more is begun. Rollouts in progress go on to their end.",
    told: "Nothing more is begun",
  },
  resume: {
    button: "Resume",
    question: "Let this fleet rollout go on?",
    consequences: "The next deployments begin. Failures so far are accepted: the wave's budget counts from here.",
    told: "It goes on",
  },
  abort: {
    button: "Abort",
    question: "Abort this fleet rollout?",
    consequences: "Every deployment that has not begun is skipped for good. Rollouts in progress go on to their end.",
    told: "What has not begun is skipped",
  },
};

/** What may be asked of a fleet rollout in its state. */
const POSSIBLE: Readonly<Record<FleetDetail["state"], readonly Ask[]>> = {
  running: ["abort", "pause"],
  paused: ["abort", "resume"],
  aborting: [],
  completed: [],
  aborted: [],
};

export function FleetButtons({ fleet }: { readonly fleet: FleetDetail }) {
  const refusal = usePlatformRefusal("platform");
  const [asked, setAsked] = useState<Ask | null>(null);
  return (
    <>
      {POSSIBLE[fleet.state].map((name) => (
        <Button
          key={name}
          look={name === "resume" ? "main" : "plain"}
          disabledBecause={refusal}
          onClick={() => setAsked(name)}
        >
          {WORDS[name].button}
        </Button>
      ))}
      {asked !== null && <AskDialog key={asked} name={asked} fleet={fleet.id} onClose={() => setAsked(null)} />}
    </>
  );
}

interface AskDialogProps {
  readonly name: Ask;
  readonly fleet: string;
  readonly onClose: () => void;
}

function AskDialog({ name, fleet, onClose }: AskDialogProps) {
  const { question, consequences, button, told } = WORDS[name];
  const ask = useWrite({
    send: (reason: string | null, idempotencyKey) =>
      api.post(`/v1/fleet-rollouts/{id}/${name}`, { path: { id: fleet }, body: { reason }, idempotencyKey }),
    done: () => {
      toast(told);
      onClose();
    },
  });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={question}
      consequences={consequences}
      action={button}
      isDanger={name === "abort"}
      reason="optional"
      isBusy={ask.isPending}
      problem={ask.error}
      onConfirm={(reason) => ask.mutate(reason)}
    />
  );
}
