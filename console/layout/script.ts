/** The one script of the console. Every page works without it: it spares reaching for the mouse, and keeps what is under way fresh. */

export const consoleScript = `'use strict';
const typing = () => /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? '');
const rows = () => [...document.querySelectorAll('[data-rows] tbody th a')];

// "/" goes to the filter, "j" and "k" to the next and the last row.
addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing()) return;
  if (event.key === '/') {
    const search = document.querySelector('input[type=search]');
    if (search) { event.preventDefault(); search.focus(); search.select(); }
  }
  if (event.key === 'j' || event.key === 'k') {
    const all = rows();
    const at = all.indexOf(document.activeElement);
    all[Math.max(0, Math.min(all.length - 1, event.key === 'j' ? at + 1 : at - 1))]?.focus();
  }
});

// A select of a filter applies itself; its button is for those without a script.
for (const select of document.querySelectorAll('form[data-filter] select'))
  select.addEventListener('change', () => select.form.requestSubmit());

// Parts that change by themselves are taken from the same page again, while somebody looks.
const live = [...document.querySelectorAll('[data-live]')];
const source = live[0]?.dataset.live;
if (source) setInterval(async () => {
  if (document.hidden) return;
  const answer = await fetch(source, { headers: { accept: 'text/html' } }).catch(() => undefined);
  if (!answer?.ok || answer.redirected) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
  for (const part of document.querySelectorAll('[data-live]')) {
    const other = fresh.getElementById(part.id);
    if (other && !part.contains(document.activeElement)) part.replaceWith(other);
  }
}, 5000);
`;
