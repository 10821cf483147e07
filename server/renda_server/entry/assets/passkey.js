"use strict";
// The one script of these pages: it lets a device answer a challenge, and sends the answer as a form.
(() => {
  const place = document.querySelector("[data-passkey]");
  if (!place || !window.PublicKeyCredential || !navigator.credentials) return;
  const making = place.dataset.passkey === "create";
  const form = place.querySelector("form");
  const button = form.querySelector("button");
  const said = place.querySelector("[data-said]");
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

  async function asked() {
    const response = await fetch(place.dataset.challenge, { method: "POST", credentials: "same-origin" });
    if (!response.ok) throw new Error(String(response.status));
    const told = await response.json();
    told.challenge = bytes(told.challenge);
    if (making) {
      told.user.id = bytes(told.user.id);
      told.excludeCredentials = named(told.excludeCredentials);
    } else {
      told.allowCredentials = named(told.allowCredentials);
    }
    return told;
  }

  function written(made) {
    const given = made.response;
    const response = { clientDataJSON: text(given.clientDataJSON) };
    for (const part of ["attestationObject", "authenticatorData", "signature", "userHandle"])
      if (given[part]) response[part] = text(given[part]);
    return JSON.stringify({
      id: made.id,
      rawId: text(made.rawId),
      type: made.type,
      response,
      clientExtensionResults: {},
    });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    button.disabled = true;
    said.hidden = true;
    try {
      const publicKey = await asked();
      const made = await (making ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
      form.querySelector("[name=answer]").value = written(made);
      form.submit();
    } catch (error) {
      const known = error && error.name === "InvalidStateError";
      said.textContent = known
        ? "这台设备已经登记过了。"
        : making
          ? "没有登记成。请再点一次，按设备的提示做完。"
          : "没有登录成。请再点一次，按设备的提示做完；也可以用口令登录。";
      said.hidden = false;
      button.disabled = false;
    }
  });
  const without = document.querySelector("[data-without]");
  if (without) without.hidden = true;
  place.hidden = false;
})();
