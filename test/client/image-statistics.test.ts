import { describe, expect, it } from 'vitest';

import { imageStatistics, imageStatisticNames, type Pixels } from '../../client/image-statistics.ts';
import oracle from '../oracles/extraction.json' with { type: 'json' };

const statisticsOf = (pixels: Omit<Pixels, 'data' | 'channels'> & { data: number[]; channels: number }) =>
  imageStatistics({ ...pixels, data: Uint8Array.from(pixels.data) } as Pixels);

describe('imageStatistics', () => {
  it.each(
    oracle.images.map((image) => [`${image.width} x ${image.height} x ${image.channels}`, image] as const),
  )('is that of numpy and scipy for %s', (_, image) => {
    const statistics = statisticsOf(image);
    expect(Object.keys(statistics)).toEqual([...imageStatisticNames]);
    for (const name of imageStatisticNames) {
      // Relative: the sharpness of noise is in the ten thousands.
      const expected = image.expected[name];
      expect(Math.abs(statistics[name] - expected), name).toBeLessThan(1e-9 * Math.max(1, expected));
    }
  });

  it('has exactly no contrast and no sharpness for one colour', () => {
    const { contrast, sharpness, red_deviation } = statisticsOf({
      width: 50,
      height: 40,
      channels: 3,
      data: Array.from({ length: 2_000 }, () => [17, 201, 99]).flat(),
    });
    expect([contrast, sharpness, red_deviation]).toEqual([0, 0, 0]);
  });

  it('is not moved by alpha', () => {
    const data = [1, 2, 3, 0, 4, 5, 6, 255];
    const opaque = data.map((value, index) => (index % 4 === 3 ? 128 : value));
    const size = { width: 2, height: 1, channels: 4 };
    expect(statisticsOf({ ...size, data })).toEqual(statisticsOf({ ...size, data: opaque }));
  });

  it('takes what a decoder gives: a Buffer, a clamped array', () => {
    const size = { width: 1, height: 1, channels: 3 } as const;
    const expected = imageStatistics({ ...size, data: Uint8Array.of(9, 8, 7) });
    expect(imageStatistics({ ...size, data: Buffer.from([9, 8, 7]) })).toEqual(expected);
    expect(imageStatistics({ ...size, data: Uint8ClampedArray.of(9, 8, 7) })).toEqual(expected);
  });

  it.each([
    [{ width: 2 }, '2 by 1 pixels of 3 channels are 6 bytes, and there are 3'],
    [{ width: 0, data: new Uint8Array() }, 'the image is 0 by 1 pixels'],
    [{ width: Number.NaN }, 'the image is NaN by 1 pixels'],
    [{ channels: 5 }, '5 channels; give 1 (gray), 2, 3 (RGB) or 4'],
    [{ data: [1, 2, 3] }, 'the data are no bytes'],
    [{ data: Uint16Array.of(1, 2, 3) }, 'the data are no bytes'],
    [{ data: undefined }, 'the data are no bytes'],
  ])('refuses %j', (part, reason) => {
    const pixels = { data: Uint8Array.of(1, 2, 3), width: 1, height: 1, channels: 3, ...part };
    expect(() => imageStatistics(pixels as Pixels)).toThrow(reason);
  });
});
