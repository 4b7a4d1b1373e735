import type { Row } from '../../parts/frame.ts';
import { series } from '../../parts/panels.ts';
import { promql } from '../../parts/queries.ts';

export const machinesRow: Row = {
  title: 'Machines',
  panels: [
    series({
      title: 'CPU of the machine',
      about: 'Share of all processors that is busy.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        promql(
          '1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle",instance=~"$node"}[$__rate_interval]))',
          '{{instance}}',
        ),
      ],
    }),
    series({
      title: 'Memory of the machine',
      about: 'In use: what is not available to a new process.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      queries: [
        promql(
          '1 - node_memory_MemAvailable_bytes{instance=~"$node"} / node_memory_MemTotal_bytes{instance=~"$node"}',
          '{{instance}}',
        ),
      ],
    }),
    series({
      title: 'Disks of the machine',
      about: 'Share in use, by where it is mounted.',
      unit: 'percentunit',
      min: 0,
      max: 1,
      limit: 0.9,
      queries: [
        promql(
          `1 - node_filesystem_avail_bytes{instance=~"$node",fstype!~"tmpfs|ramfs|overlay|squashfs"}
          / node_filesystem_size_bytes{instance=~"$node",fstype!~"tmpfs|ramfs|overlay|squashfs"}`,
          '{{instance}} {{mountpoint}}',
        ),
      ],
    }),
    series({
      title: 'Disk traffic of the machine',
      about: 'Read and written.',
      unit: 'Bps',
      queries: [
        promql(
          'sum by (instance) (rate(node_disk_read_bytes_total{instance=~"$node"}[$__rate_interval]))',
          '{{instance}} read',
        ),
        promql(
          '- sum by (instance) (rate(node_disk_written_bytes_total{instance=~"$node"}[$__rate_interval]))',
          '{{instance}} written',
        ),
      ],
    }),
    series({
      title: 'Network of the machine',
      about: 'Received and, below 0, sent; without loopback.',
      unit: 'Bps',
      queries: [
        promql(
          'sum by (instance) (rate(node_network_receive_bytes_total{instance=~"$node",device!="lo"}[$__rate_interval]))',
          '{{instance}} received',
        ),
        promql(
          '- sum by (instance) (rate(node_network_transmit_bytes_total{instance=~"$node",device!="lo"}[$__rate_interval]))',
          '{{instance}} sent',
        ),
      ],
    }),
  ],
};
