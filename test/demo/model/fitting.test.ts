import { describe, expect, it } from 'vitest';
import { loadBikes } from '../../../demo/data/bikes.ts';
import { loadFlights } from '../../../demo/data/flights.ts';
import { fitInThread, fitModel, predictRows } from '../../../demo/model/fitting.ts';

const bikes = loadBikes().slice(0, 1_000);
const flights = loadFlights().slice(0, 2_000);

describe('a model fitted by name', () => {
  it('predicts a number of bikes', () => {
    const [prediction] = predictRows(fitModel('bike-demand', bikes), [bikes[0]!.features]);
    expect(prediction).toEqual({ prediction: expect.any(Number) });
  });

  it('predicts whether a flight is late, with the probabilities', () => {
    const [prediction] = predictRows(fitModel('flight-delay', flights), [flights[0]!.features]);
    expect(prediction).toEqual({
      prediction: expect.stringMatching(/^(late|on-time)$/),
      probabilities: { late: expect.any(Number), 'on-time': expect.any(Number) },
    });
  });

  it('refuses a name that it does not know', () => {
    expect(() => fitModel('toString', bikes)).toThrow('there are bike-demand and flight-delay');
  });
});

describe('a fit on a thread of its own', () => {
  it('gives the same model, while this thread goes on', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 5);
    const fitted = await fitInThread('bike-demand', bikes);
    clearInterval(timer);
    expect(fitted).toEqual(fitModel('bike-demand', bikes));
    expect(turns).toBeGreaterThan(0);
  });

  it('rejects with the error of the fit', async () => {
    await expect(fitInThread('bike-demand', [])).rejects.toThrow('no rows to fit a model of bikes on');
  });
});
