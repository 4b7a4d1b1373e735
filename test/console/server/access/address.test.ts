import { describe, expect, it } from 'vitest';

import { clientAddress, networkOf } from '../../../../console/server/access/address.ts';

describe('the address of whoever asks', () => {
  it.each([
    ['10.0.0.1', undefined, 0, '10.0.0.1'],
    ['10.0.0.1', '6.6.6.6', 0, '10.0.0.1'],
    ['10.0.0.1', '6.6.6.6, 203.0.113.7', 1, '203.0.113.7'],
    ['10.0.0.1', '6.6.6.6, 203.0.113.7, 10.0.0.2', 2, '203.0.113.7'],
    // Whoever got past one of the proxies.
    ['10.0.0.1', '6.6.6.6', 2, '10.0.0.1'],
    ['10.0.0.1', undefined, 1, '10.0.0.1'],
    ['::ffff:203.0.113.7', undefined, 0, '203.0.113.7'],
    [undefined, undefined, 0, 'unknown'],
  ])('of %s, forwarded for %s, through %i proxies, is %s', (connection, forwarded, proxies, address) => {
    expect(clientAddress(connection, forwarded, proxies)).toBe(address);
  });
});

describe('the network of an address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    [':::::::::::::', '0:0:0:0'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
