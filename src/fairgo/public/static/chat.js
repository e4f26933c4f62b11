// Sends without loading the page anew. The page works without this file; nothing here is needed.
const all = (what) => document.querySelectorAll(what);
const log = document.getElementById("log");
const list = log.querySelector("ol");
const shape = document.getElementById("line").content.firstElementChild;
const box = document.getElementById("words");
const wrong = document.getElementById("wrong");
const state = document.getElementById("state");
const sending = new Set();
const language = document.documentElement.lang;
let withPerson = !document.querySelector("[data-when=with-person]").hidden;

function localTime(element) {
  const at = new Date(element.dateTime);
  const today = at.toDateString() === new Date().toDateString();
  const how = today ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
  element.textContent = at.toLocaleString(language, how);
}

function add(line) {
  const item = shape.cloneNode(true);
  item.dataset.author = line.author;
  item.querySelector(".label-of").textContent = line.label;
  item.querySelector(".words").textContent = line.words;
  const time = item.querySelector("time");
  time.dateTime = line.at;
  localTime(time);
  list.append(item);
}

// Only what is new is added, so that a screen reader hears each finished message once.
function show(conversation) {
  const before = list.children.length;
  if (conversation.lines.length < before) return;
  conversation.lines.slice(before).forEach(add);
  log.querySelector(".empty").hidden = list.children.length > 0;
  if (list.children.length > before) {
    document.getElementById("latest")?.removeAttribute("id");
    list.lastElementChild.id = "latest";
    list.lastElementChild.scrollIntoView({ block: "nearest" });
    list.children[before].scrollIntoView({ block: "nearest" });
  }
  withPerson = conversation.shown["with-person"];
  const held = document.activeElement.closest("[data-when]");
  for (const part of all("[data-when]")) part.hidden = !conversation.shown[part.dataset.when];
  if (held?.hidden) {
    const open = "[data-when]:not([hidden])";
    (held.parentElement.querySelector(`${open} button, ${open}.held`) ?? box).focus();
  }
}

function complain(words) {
  wrong.textContent = words;
  wrong.hidden = !words;
  if (words) box.setAttribute("aria-invalid", "true");
  else box.removeAttribute("aria-invalid");
}

async function send(form) {
  const writing = form.contains(box);
  const reply = await fetch(form.action, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams(new FormData(form)),
    signal: AbortSignal.timeout(90000),
  });
  const body = await reply.json();
  if (!reply.ok) throw new Error(body.wrong ?? form.dataset.failed, { cause: "said" });
  if (writing) box.value = "";
  complain("");
  show(body);
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches("[data-live]")) return;
  event.preventDefault();
  if (sending.has(form)) return;
  sending.add(form);
  const writing = form.contains(box);
  state.textContent = form.dataset.sending ?? "";
  log.setAttribute("aria-busy", "true");
  try {
    await send(form);
    state.textContent = "";
  } catch (error) {
    const words = error.cause === "said" ? error.message : form.dataset.failed;
    if (writing) {
      complain(words);
      state.textContent = "";
      box.focus();
    } else state.textContent = words;
  }
  log.removeAttribute("aria-busy");
  sending.delete(form);
});

// While a person has the chat, their messages come without being asked for.
setInterval(async () => {
  if (!withPerson || sending.size || document.hidden) return;
  try {
    const reply = await fetch(log.dataset.address, { headers: { accept: "application/json" } });
    if (reply.ok) show(await reply.json());
  } catch {
    // The next look may find the way again.
  }
}, 5000);

all("time").forEach(localTime);
log.scrollTop = log.scrollHeight;
