// The Design System's own behaviour; every page works without it.
import { initAll } from "/assets/govuk-frontend.min.js";
import { plainRadios } from "/assets/scripts/radios.js";
import { followAnswers } from "/assets/scripts/shown_when.js";

document.body.classList.add("js-enabled", ...("noModule" in HTMLScriptElement.prototype ? ["govuk-frontend-supported"] : []));
initAll();
plainRadios();
followAnswers();
