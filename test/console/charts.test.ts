import { describe, expect, it } from 'vitest';

import { drawChart, type ChartOption } from '../../console/charts.ts';
import { toMarkup } from '../../console/html.ts';

const labelled = (name: string): ChartOption => ({
  xAxis: { type: 'value' },
  yAxis: { type: 'category', data: [name] },
  series: [{ type: 'line', data: [[0, 0]], areaStyle: { color: 'var(--current)' } }],
});
const frame = { id: 'c1', label: 'one <point> & "more"', width: 300, height: 100 };
const draw = (option: ChartOption, id = frame.id): string => toMarkup(drawChart(option, { ...frame, id }));

describe('a chart', () => {
  it('is the same text every time, however many were drawn before', () => {
    expect(draw(labelled('a'))).toBe(draw(labelled('a')));
  });

  it('says what it shows', () => {
    const label = 'one &lt;point&gt; &amp; &quot;more&quot;';
    expect(draw(labelled('a'))).toContain(`role="img" aria-label="${label}">\n<title>${label}</title>`);
  });

  it('has ids of its own, and refers to no other', () => {
    const svg = draw(labelled('a'), 'c7');
    const ids = [...svg.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
    const used = [...svg.matchAll(/url\(#([^)]*)\)/g)].map(([, id]) => id);
    expect(ids.length).toBeGreaterThan(0);
    expect([...ids, ...used].filter((id) => !id!.startsWith('c7-'))).toEqual([]);
    expect(used.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('has colours of the page, and neither style sheet, class nor script', () => {
    const svg = draw(labelled('a'));
    expect(svg).toContain('fill="var(--current)"');
    expect(svg).not.toMatch(/<style|<script| class=| style=|ecmeta/);
  });

  it('escapes texts, and changes nothing in one that looks like its own markup', () => {
    const name = `<b> class="zr0-cls-0" id="zr0-c0" 'x' & y`;
    expect(draw(labelled(name))).toContain(
      '&lt;b&gt; class=&quot;zr0-cls-0&quot; id=&quot;zr0-c0&quot; &#39;x&#39; &amp; y',
    );
  });
});
