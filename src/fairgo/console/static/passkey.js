// Passkeys: a form that carries options gets its answer from the browser's authenticator, then is sent like any other.

const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function made(options) {
  const user = { ...options.user, id: bytes(options.user.id) };
  const excludeCredentials = known(options.excludeCredentials);
  const publicKey = { ...options, challenge: bytes(options.challenge), user, excludeCredentials };
  const key = await navigator.credentials.create({ publicKey });
  return {
    id: key.id,
    rawId: key.id,
    type: key.type,
    response: {
      clientDataJSON: text(key.response.clientDataJSON),
      attestationObject: text(key.response.attestationObject),
    },
  };
}

async function used(options) {
  const allowCredentials = known(options.allowCredentials);
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials };
  const key = await navigator.credentials.get({ publicKey });
  return {
    id: key.id,
    rawId: key.id,
    type: key.type,
    response: {
      clientDataJSON: text(key.response.clientDataJSON),
      authenticatorData: text(key.response.authenticatorData),
      signature: text(key.response.signature),
      userHandle: key.response.userHandle ? text(key.response.userHandle) : null,
    },
  };
}

async function ask(form) {
  const wrong = form.querySelector("[data-passkey-wrong]");
  const button = form.querySelector("button");
  wrong.hidden = true;
  button.disabled = true;
  try {
    const options = JSON.parse(form.dataset.options);
    const answer = await (form.dataset.passkey === "create" ? made(options) : used(options));
    form.elements.answer.value = JSON.stringify(answer);
    form.submit();
  } catch (error) {
    wrong.textContent =
      error.name === "InvalidStateError"
        ? "This device has a passkey for your account already."
        : "No passkey was used. You can try again, or go another way.";
    wrong.hidden = false;
    button.disabled = false;
  }
}

if (window.PublicKeyCredential) {
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      ask(form);
    });
  }
}
