/**
 * The names under which Temporal knows the workers of all builds. Where runs are not pinned they have another name: a workflow sees by it
 * whether it may say how it is versioned, which Temporal refuses from workers that are not.
 */
export const deploymentName = { pinned: 'tidewatch', off: 'tidewatch-unversioned' } as const;
