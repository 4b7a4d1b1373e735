import { testServers } from '../../setup/servers.ts';

/**
 * What the Pushgateway shows of a model, as `{ 'model_rmse{version="3"}': 51.2 }`: without the labels of the group and
 * without its own push times.
 */
export async function pushedSeries(model: string, process: string): Promise<Record<string, number>> {
  const response = await fetch(`${testServers().pushgatewayUrl}/metrics`);
  const group = [`job="tidewatch"`, `model="${model}"`, `process="${process}"`, 'instance=""'];
  const series: Record<string, number> = {};
  for (const line of (await response.text()).split('\n')) {
    const { name, labels, value } = /^(?<name>\w+)\{(?<labels>.*)\} (?<value>\S+)$/.exec(line)?.groups ?? {};
    if (name === undefined || labels === undefined || name.startsWith('push_')) continue;
    const parts: readonly string[] = labels.match(/\w+="(?:[^"\\]|\\.)*"/g) ?? [];
    if (!group.every((label) => parts.includes(label))) continue;
    const own = parts.filter((label) => !group.includes(label)).join(',');
    series[own === '' ? name : `${name}{${own}}`] = Number(value);
  }
  return series;
}
