// Marks the page as stale where the search has written none for long.
"use strict";
const stale = document.querySelector(".stale");
const quiet = stale ? Date.now() / 1000 - Number(stale.dataset.written) : 0;
if (stale && quiet > Number(stale.dataset.staleS)) {
  stale.hidden = false;
  stale.textContent = `No news for ${Math.round(quiet / 60)} min. If the search was stopped, run the same command again to continue.`;
}
