// Keeps what somebody types in a form, on the server and nowhere else: soon after each change and when they leave.
// A form says where it belongs with data-draft; without this script it is kept whenever it is sent and not accepted.
const SOON = 1500;
const AGAIN = 10000;
const MOST_BYTES_ON_LEAVING = 60000;

class Draft {
  constructor(form) {
    this.form = form;
    this.status = form.querySelector("[data-draft-status]");
    this.timer = null;
    this.isDirty = false;
    this.isSending = false;
    this.isLost = false;
    this.changes = 0;
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    document.addEventListener("submit", (event) => this.sent(event));
    window.addEventListener("pagehide", () => this.leave());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden" && this.isDirty) this.save();
    });
    window.addEventListener("online", () => { if (this.isDirty) this.save(); });
    window.addEventListener("beforeunload", (event) => { if (this.isLost && this.isDirty) event.preventDefault(); });
  }

  sent(event) {
    clearTimeout(this.timer);
    this.isLost = false;
    if (event.defaultPrevented) return;
    // The server has it now, or it is thrown away on purpose; at another form's button it is kept on leaving.
    if (event.target === this.form || (event.submitter && event.submitter.value === "afresh")) this.isDirty = false;
  }

  changed() {
    this.isDirty = true;
    this.changes += 1;
    this.later(SOON);
  }

  later(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), milliseconds);
  }

  content() {
    const typed = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === "string") typed.append(name, value);
    }
    typed.append("_path", this.form.dataset.draft);
    return typed;
  }

  async save() {
    if (this.isSending) return this.later(SOON);
    const upTo = this.changes;
    this.isSending = true;
    try {
      const answer = await fetch("/drafts", { method: "POST", body: this.content(), redirect: "manual" });
      if (answer.status === 204) {
        this.isLost = false;
        if (this.changes === upTo) this.isDirty = false;
        this.say(`Saved at ${new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })}`);
      } else if (answer.status === 413) {
        this.failed("Not saved: it is too long to be kept before it is sent. What you typed is kept on this page.", false);
      } else if (answer.status === 409) {
        this.failed("Not saved: this form was sent already. For another matter, open it anew.", false);
      } else if (answer.type === "opaqueredirect" || answer.status === 400) {
        this.failed("Not saved: you have been signed out. Send the form, sign in again, and it is filled in.", false);
      } else {
        this.failed("Not saved at the moment. What you typed is kept on this page, and saving is tried again.", true);
      }
    } catch {
      this.failed("Not saved: the connection is lost. What you typed is kept on this page, and saving is tried again.", true);
    } finally {
      this.isSending = false;
    }
  }

  failed(words, tryAgain) {
    this.isLost = true;
    this.say(words);
    if (tryAgain) this.later(AGAIN);
  }

  leave() {
    if (!this.isDirty) return;
    clearTimeout(this.timer);
    const content = this.content();
    if (content.toString().length < MOST_BYTES_ON_LEAVING) navigator.sendBeacon("/drafts", content);
  }

  say(words) {
    if (this.status && this.status.textContent !== words) this.status.textContent = words;
  }
}

for (const form of document.querySelectorAll("form[data-draft]")) new Draft(form);
