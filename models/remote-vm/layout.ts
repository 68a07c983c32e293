/** Constants of the device and of its driver. */

/** Bytes of a completion record of DSA. */
export const CR_SIZE = 32;
/** Of a record that crosses a page: those on the first one. */
export const CR_ON_FIRST_PAGE = 16;

/** DSA_COMP_SUCCESS and DSA_COMP_BATCH_FAIL. */
export const DSA_COMP_SUCCESS = 1;
export const DSA_COMP_BATCH_FAIL = 5;

/** PASIDs are given out from here on, the lowest free one first. */
export const IOMMU_FIRST_GLOBAL_PASID = 1;

/** Shared work queues that the device has; 0 may be dedicated. */
export const WQS = 2;
/** Batches that can be told apart at a time (`max_batches`): more than a scenario has, so that no number comes back. */
export const BATCHES = 4;
