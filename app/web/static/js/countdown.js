// The time that is left, by the server's clock: the reader's own clock may be wrong, its ticking is not.
const STEPS_SAID = [600, 300, 60, 30, 10];
const RESYNC_MS = 30000;
const SAMPLES = 5;

const state = { offset: null, error: null, reached: true };

async function sample() {
  const before = performance.now();
  const answer = await fetch("/clock", { cache: "no-store", headers: { Accept: "application/json" } });
  const after = performance.now();
  if (!answer.ok) throw new Error("no clock");
  const { now_ms: server } = await answer.json();
  return { offset: server - (before + after) / 2, error: (after - before) / 2 };
}

async function synchronise() {
  try {
    const samples = [];
    for (let n = 0; n < SAMPLES; n += 1) samples.push(await sample());
    samples.sort((one, other) => one.offset - other.offset);
    state.offset = samples[Math.floor(SAMPLES / 2)].offset;
    state.error = Math.max(...samples.map((one) => one.error));
    state.reached = true;
  } catch {
    state.reached = false;
  }
}

export function left(seconds, words) {
  const whole = Math.max(0, Math.ceil(seconds));
  const days = Math.floor(whole / 86400);
  const clock = [Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60]
    .map((part) => String(part).padStart(2, "0"))
    .join(":");
  return days > 0 ? words.days.replace("{days}", days).replace("{clock}", clock) : clock;
}

function words(element) {
  return {
    days: element.dataset.days,
    ended: element.dataset.endedText,
    soon: element.dataset.soon,
    synced: element.dataset.synced,
    lost: element.dataset.lost,
  };
}

function start(element) {
  const said = document.getElementById(element.dataset.said);
  const link = document.getElementById(element.dataset.link);
  const spoken = words(element);
  let before = Infinity;
  const tick = () => {
    if (link) {
      link.textContent = state.reached ? spoken.synced.replace("{ms}", Math.ceil(state.error ?? 0)) : spoken.lost;
      link.toggleAttribute("data-lost", !state.reached);
    }
    if (state.offset === null) return;
    // Read at each tick: an extension arrives with the list of bids and moves the end.
    const end = Number(document.querySelector("[data-ends-ms]")?.dataset.endsMs ?? element.dataset.endMs);
    const seconds = (end - (performance.now() + state.offset)) / 1000;
    element.textContent = seconds > 0 ? left(seconds, spoken) : spoken.ended;
    element.toggleAttribute("data-ended", seconds <= 0);
    const step = STEPS_SAID.find((one) => before > one && seconds <= one && seconds > one - 2);
    if (said && step && before !== Infinity) said.textContent = spoken.soon.replace("{time}", left(step, spoken));
    before = seconds;
  };
  setInterval(tick, 250);
  const again = () => synchronise().then(tick);
  setInterval(again, RESYNC_MS);
  ["online", "pageshow"].forEach((wake) => window.addEventListener(wake, again));
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  again();
}

if (typeof document !== "undefined") document.querySelectorAll("[data-countdown]").forEach(start);
