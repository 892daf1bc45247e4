import type { Schemas } from "../../api/generated/schema.ts";
import { Card } from "../../ui/section.tsx";
import { Time } from "../../ui/time.tsx";
import { Timeline } from "../../ui/timeline.tsx";
import type { Tone } from "../../ui/tone.ts";

type Credential = Schemas["ConnectionDetail"]["credentials"][number];

const STATES: Readonly<Record<Credential["state"], { tone: Tone; words: string }>> = {
  pending: { tone: "busy", words: "is being verified; the one in force stays until it passes" },
  "in-force": { tone: "good", words: "in force" },
  draining: { tone: "warn", words: "draining: calls that began with it go on, webhooks signed with it are accepted" },
  revoked: { tone: "neutral", words: "ended" },
  refused: { tone: "bad", words: "refused" },
};

/** Every credential that was stored, newest first, without its value. */
export const CredentialHistory = ({ credentials }: { readonly credentials: readonly Credential[] }) => (
  <Card>
    {credentials.length === 0 ? (
      <p className="text-ink-faint">None has been stored. Nothing can be planned with this connection before.</p>
    ) : (
      <Timeline
        label="Credentials"
        moments={credentials.map(({ version, state, detail, since, storedAt, storedBy }) => ({
          key: String(version),
          tone: STATES[state].tone,
          title: (
            <>
              Version {version} <span className="font-normal text-ink-soft">{STATES[state].words}</span>
            </>
          ),
          at: <Time at={since} />,
          children: (
            <span className="text-sm">
              {detail !== null && <>{detail} · </>}
              stored <Time at={storedAt} show="relative" /> by <code className="font-mono">{storedBy}</code>
            </span>
          ),
        }))}
      />
    )}
  </Card>
);
