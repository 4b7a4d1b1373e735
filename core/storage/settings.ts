/** What of storage is of the installation. */

/** How wide a partition of predictions, actuals and outcomes can be. */
export const partitionWidths = ['month', 'week', 'day'] as const;
export type PartitionWidth = (typeof partitionWidths)[number];

/** Stands where the name of a model would: no model can be called so. */
export const installation = '_installation';

/** The process that keeps the storage of an installation in order; the prefix of the ids of its schedule and of its runs. */
export const storageMaintenanceId = 'storage-maintenance';
