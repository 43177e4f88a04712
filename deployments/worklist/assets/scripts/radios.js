// The Design System marks a radio that shows more questions as expanded, which is no state that a radio can have:
// screen readers leave it out or read it wrongly. The questions follow their radio in the page's order all the same.
export function plainRadios() {
  const plain = (one) => { if (one.type === "radio") one.removeAttribute("aria-expanded"); };
  document.querySelectorAll("input[type=radio][aria-expanded]").forEach(plain);
  new MutationObserver((changes) => changes.forEach((change) => plain(change.target))).observe(document.body, {
    attributes: true, attributeFilter: ["aria-expanded"], subtree: true,
  });
}
