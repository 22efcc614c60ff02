import { statfs } from 'node:fs/promises';

import type { Metrics } from '@switchboard/telemetry';

import type { ImageStore } from './image-store.ts';

/** Metrics of the disk with the data folder. */
export function measureDisk(metrics: Metrics, dataDir: string): void {
  const bytes = async (what: 'bavail' | 'blocks') => {
    try {
      const disk = await statfs(dataDir);
      return disk[what] * disk.bsize;
    } catch {
      // The folder is created with the first image; until then its disk is unknown.
      return undefined;
    }
  };
  metrics.gauge('data_disk_free_bytes', 'Room left on the disk of the data folder', { read: async () => await bytes('bavail') });
  metrics.gauge('data_disk_size_bytes', 'Size of the disk of the data folder', { read: async () => await bytes('blocks') });
}

/** The same store, which counts what is stored. */
export function measureUploads(metrics: Metrics, images: ImageStore): ImageStore {
  const uploads = metrics.counter('uploads_total', 'Images stored');
  const bytes = metrics.counter('uploads_bytes_total', 'Bytes of the images stored');
  return {
    ...images,
    async put(content, extension) {
      const key = await images.put(content, extension);
      uploads.add();
      bytes.add(content.byteLength);
      return key;
    },
  };
}
