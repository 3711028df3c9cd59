/** Sizes for people. */

/** By thousands, as disks are sold: `940 kB`, `78 MB`, `1.6 GB`. */
export const sizeText = (bytes: number): string =>
  bytes < 999_500
    ? `${Math.ceil(bytes / 1e3)} kB`
    : bytes < 999_500_000
      ? `${Math.round(bytes / 1e6)} MB`
      : `${(bytes / 1e9).toFixed(1)} GB`
