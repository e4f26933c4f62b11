// <fairgo-live from="ADDRESS" part="ID">: when something was recorded, its content is loaded anew from this very page.
// Without this file the page stays as it was loaded; nothing here is needed.
const QUIET = 1500; // milliseconds in which several changes count as one

class Live extends HTMLElement {
  connectedCallback() {
    this.source = new EventSource(this.getAttribute("from"));
    this.source.addEventListener("changed", () => this.soon());
  }

  disconnectedCallback() {
    this.source.close();
    clearTimeout(this.waiting);
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.renew(), QUIET);
  }

  async renew() {
    // Whoever reads or types here just now is not interrupted; the next change brings it.
    if (this.contains(document.activeElement) || document.hidden) return;
    const reply = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
    if (!reply?.ok || reply.redirected) return;
    const page = new DOMParser().parseFromString(await reply.text(), "text/html");
    const fresh = page.querySelector(`fairgo-live[part="${CSS.escape(this.getAttribute("part"))}"]`);
    if (fresh && fresh.textContent !== this.textContent) this.replaceChildren(...fresh.childNodes);
  }
}

customElements.define("fairgo-live", Live);
