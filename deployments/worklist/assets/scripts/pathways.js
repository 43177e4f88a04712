// The Design System's own behaviour; every page works without it.
import { initAll } from "/assets/govuk-frontend.min.js";

document.body.classList.add("js-enabled", ...("noModule" in HTMLScriptElement.prototype ? ["govuk-frontend-supported"] : []));
initAll();
