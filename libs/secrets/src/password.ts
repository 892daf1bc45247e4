import { argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import type { Secret } from "@tandem/kernel";

interface Cost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** OWASP's recommendation for argon2id: 19 MiB, two passes, one lane. */
const COST: Cost = { memoryKiB: 19_456, passes: 2 };
const SALT_BYTES = 16;
const TAG_BYTES = 32;
const FORM = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=1\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{43})$/;

const derive = promisify(argon2);

/** What is kept of a password: argon2id in PHC form. Takes about a tenth of a second of a processor and 19 MiB. */
export async function hashPassword(password: Secret): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  return phc(COST, salt, await tagOf(password, salt, COST));
}

/** Whether the password is the one behind the hash. Without a hash it is refused after the same work. */
export async function verifyPassword(hash: string | null, password: Secret): Promise<boolean> {
  const [, memory = "", passes = "", salt = "", tag = ""] = FORM.exec(hash ?? DECOY) ?? [];
  if (tag === "") throw new Error("a stored password is no argon2id hash");
  const cost = { memoryKiB: Number(memory), passes: Number(passes) };
  const given = await tagOf(password, Buffer.from(salt, "base64"), cost);
  return timingSafeEqual(given, Buffer.from(tag, "base64")) && hash !== null;
}

const tagOf = (password: Secret, salt: Buffer, { memoryKiB, passes }: Cost): Promise<Buffer> =>
  derive("argon2id", {
    message: Buffer.from(password.reveal().normalize("NFKC")),
    nonce: salt,
    parallelism: 1,
    tagLength: TAG_BYTES,
    memory: memoryKiB,
    passes,
  });

const phc = ({ memoryKiB, passes }: Cost, salt: Buffer, tag: Buffer): string =>
  `$argon2id$v=19$m=${memoryKiB},t=${passes},p=1$${unpadded(salt)}$${unpadded(tag)}`;

const unpadded = (bytes: Buffer): string => bytes.toString("base64").replaceAll("=", "");

/** Of the present cost, and of no password: its tag is chosen, not derived. */
const DECOY = phc(COST, Buffer.alloc(SALT_BYTES, 7), Buffer.alloc(TAG_BYTES, 7));
