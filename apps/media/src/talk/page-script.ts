/** The page's side of the carrier protocol: the browser is the carrier, and the person at the microphone the caller. */
export const pageScript = String.raw`
const STREAM = "MZ" + hex(16);
const ACCOUNT = "AC" + "0".repeat(32);
const page = document.querySelector("main");
const state = document.querySelector("#state");
const button = document.querySelector("#call");
const clock = document.querySelector("#clock");
const log = document.querySelector("#log");
let call = null;

function hex(bytes) {
  return [...crypto.getRandomValues(new Uint8Array(bytes))].map((each) => each.toString(16).padStart(2, "0")).join("");
}

// ITU-T G.711 µ-law.
const decoded = Float32Array.from({ length: 256 }, (_, byte) => {
  const bits = ~byte & 0xff;
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132;
  return (bits & 128 ? -magnitude : magnitude) / 32768;
});
function encoded(sample) {
  const pcm = Math.max(-32635, Math.min(32635, Math.round(sample * 32768)));
  const magnitude = Math.abs(pcm) + 132;
  const exponent = 24 - Math.clz32(magnitude);
  return ~((pcm < 0 ? 128 : 0) | (exponent << 4) | ((magnitude >> (exponent + 3)) & 15)) & 0xff;
}

/** The one-time ticket stands behind the # of the address, where no server sees it. */
function ticketOf() {
  const [ingressKey, ...ticket] = location.hash.slice(1).split(".");
  const text = ticket.join(".");
  try {
    const claims = JSON.parse(atob(ticket[0].replaceAll("-", "+").replaceAll("_", "/")));
    return { ingressKey, text, callId: claims.c };
  } catch {
    return null;
  }
}

const AGAIN = " Make a new one under Calls, Test call of the deployment, or with: tandem-media talk.";
/** Why a call is over, by the code with which its stream was closed. */
const ENDS = {
  1000: "The agent has ended the call.",
  1001: "The call has ended: this node is being stopped." + AGAIN,
  1006: "The connection to the node broke." + AGAIN,
  4401: "This address was used already, or is more than a minute old: each is good for one call." + AGAIN,
  4410: "The slot holds another release by now." + AGAIN,
  4430: "The connection is too slow for a call." + AGAIN,
};
/** Why there is no microphone, by what the browser calls it. */
const REFUSALS = {
  NotAllowedError: "The microphone was refused. Allow it for this page (next to the address), then press Call again.",
  NotFoundError: "There is no microphone. Connect one, then press Call again.",
  NotReadableError: "Another program holds the microphone. Close it, then press Call again.",
};

/** Sound below this level, of 60, is no speech. */
const SPEECH_LEVEL = 22;
const PAUSE_MS = 700;
const FRAME_MS = 20;
const FIRST_FRAMES = 3;

/** Speech on one of the two lines: shows its level, tells when it begins. Times are those of the sound itself, in milliseconds. */
class Voice {
  constructor(meter, now, onBegun) {
    this.meter = meter;
    this.now = now;
    this.onBegun = onBegun;
    this.loudFrames = 0;
    this.lastMs = -Infinity;
  }

  get isSpeaking() {
    return this.now() - this.lastMs < PAUSE_MS;
  }

  take(power) {
    const level = Math.max(0, 60 + 10 * Math.log10(power + 1e-9));
    this.meter.value = level;
    this.loudFrames = level < SPEECH_LEVEL ? 0 : this.loudFrames + 1;
    if (this.loudFrames < FIRST_FRAMES) return;
    const isBegun = !this.isSpeaking;
    this.lastMs = this.now();
    if (isBegun) this.onBegun(this.lastMs - FIRST_FRAMES * FRAME_MS);
  }
}

class Call {
  constructor(ticket) {
    this.ticket = ticket;
    this.sequence = 0;
    this.chunk = 0;
    this.isOver = false;
    this.isAnswered = true;
    this.frames = 0;
    this.firstFrame = 0;
    const now = () => this.frames * FRAME_MS;
    this.caller = new Voice(document.querySelector("#level"), now, () => this.callerBegun());
    this.agent = new Voice(document.querySelector("#agent"), now, (beganMs) => this.agentBegun(beganMs));
  }

  async begin() {
    if (!navigator.mediaDevices) throw new Error("A browser gives its microphone only to pages over HTTPS or on the same machine.");
    const constraints = { echoCancellation: true, noiseSuppression: true, channelCount: 1 };
    this.microphone = await navigator.mediaDevices.getUserMedia({ audio: constraints });
    this.context = new AudioContext({ sampleRate: 8000, latencyHint: "interactive" });
    await this.context.audioWorklet.addModule("/talk/worklet.js");
    if (this.isOver) return this.release();
    this.telephone = new AudioWorkletNode(this.context, "telephone", { outputChannelCount: [1] });
    this.telephone.port.onmessage = ({ data }) => this.take(data);
    this.context.createMediaStreamSource(this.microphone).connect(this.telephone).connect(this.context.destination);
    await this.context.resume();
    this.socket = new WebSocket(location.origin.replace("http", "ws") + "/stream/" + this.ticket.ingressKey);
    this.socket.onopen = () => this.start();
    this.socket.onmessage = ({ data }) => this.hear(JSON.parse(data));
    this.socket.onclose = ({ code }) => this.ended(code);
  }

  start() {
    this.socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    this.send("start", {
      start: {
        accountSid: ACCOUNT,
        streamSid: STREAM,
        callSid: this.ticket.callId,
        tracks: ["inbound"],
        mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
        customParameters: { ticket: this.ticket.text },
      },
    });
    this.isStarted = true;
    this.firstFrame = this.frames;
    tell("Connected. Speak whenever you like; you may interrupt.", "Hang up", "calling");
    this.note("Connected");
  }

  take(data) {
    if (data.frame) this.speak(data.frame);
    else if (data.speaker !== undefined) this.agent.take(data.speaker);
    else this.played(data.mark);
  }

  speak(frame) {
    this.frames += 1;
    let power = 0;
    for (const sample of frame) power += sample * sample;
    this.caller.take(power / frame.length);
    if (!this.isStarted || this.socket.readyState !== WebSocket.OPEN) return;
    if (clock.textContent !== this.duration()) clock.textContent = this.duration();
    const payload = btoa(String.fromCharCode(...frame.map(encoded)));
    const timestamp = String(this.chunk * 20);
    this.chunk += 1;
    this.send("media", { media: { track: "inbound", chunk: String(this.chunk), timestamp, payload } });
  }

  callerBegun() {
    if (!this.isStarted) return;
    this.note(this.agent.isSpeaking ? "You interrupt" : "You speak");
    this.isAnswered = false;
  }

  agentBegun(beganMs) {
    const waited = Math.max(0, (beganMs - this.caller.lastMs) / 1000).toFixed(1);
    this.note(this.isAnswered ? "Agent speaks" : "Agent answers " + waited + " s after you");
    this.isAnswered = true;
  }

  hear(frame) {
    if (frame.event === "media") {
      const bytes = atob(frame.media.payload);
      const audio = Float32Array.from(bytes, (byte) => decoded[byte.charCodeAt(0)]);
      if (audio.length > 0) this.telephone.port.postMessage({ audio }, [audio.buffer]);
    } else if (frame.event === "mark") this.telephone.port.postMessage({ mark: frame.mark.name });
    else if (frame.event === "clear") {
      this.telephone.port.postMessage({ clear: true });
      this.note("Agent stops");
    }
  }

  played(name) {
    if (this.socket.readyState === WebSocket.OPEN) this.send("mark", { mark: { name } });
  }

  press(digit) {
    if (!this.isStarted) return;
    this.send("dtmf", { dtmf: { track: "inbound_track", digit } });
    this.note("You press " + digit);
  }

  hangUp() {
    this.hasHungUp = true;
    if (this.socket?.readyState === WebSocket.OPEN)
      this.send("stop", { stop: { accountSid: ACCOUNT, callSid: this.ticket.callId } });
    else this.ended(1000);
  }

  send(event, body) {
    this.sequence += 1;
    this.socket.send(JSON.stringify({ event, sequenceNumber: String(this.sequence), streamSid: STREAM, ...body }));
  }

  /** No call came about: the address is still good. */
  failed(error) {
    if (this.isOver) return;
    this.release();
    tell(REFUSALS[error.name] ?? "No call: " + error.message, "Call", "failed");
  }

  ended(code) {
    if (this.isOver) return;
    this.release();
    const why = this.hasHungUp ? "You have hung up." : (ENDS[code] ?? "The call broke off (" + code + ")." + AGAIN);
    this.note(code === 4401 ? "Refused" : "The call has ended");
    tell(why, "Ended", this.hasHungUp || code === 1000 ? "over" : "failed");
    button.disabled = true;
  }

  release() {
    this.isOver = true;
    this.microphone?.getTracks().forEach((track) => track.stop());
    this.context?.close();
    this.socket?.close();
    for (const voice of [this.caller, this.agent]) voice.meter.value = 0;
    call = null;
  }

  duration() {
    const seconds = Math.floor(((this.frames - this.firstFrame) * FRAME_MS) / 1000);
    return Math.floor(seconds / 60) + ":" + String(seconds % 60).padStart(2, "0");
  }

  note(text) {
    const line = document.createElement("li");
    line.textContent = this.duration() + "  " + text;
    log.append(line);
    log.scrollTop = log.scrollHeight;
  }
}

function tell(text, label, now) {
  state.textContent = text;
  button.textContent = label;
  page.dataset.state = now;
}

button.onclick = () => {
  if (call !== null) return call.hangUp();
  const begun = new Call(ticketOf());
  call = begun;
  tell("Connecting … your browser may ask for the microphone.", "Hang up", "calling");
  begun.begin().catch((error) => begun.failed(error));
};
for (const key of document.querySelectorAll("#keys button")) key.onclick = () => call?.press(key.textContent);
if (ticketOf() === null) {
  tell("This address has no ticket: make one under Calls, Test call of the deployment, or with: tandem-media talk.", "Call", "failed");
  button.disabled = true;
}
`;
