import { expect, test } from "vitest";
import { broadcastOf, formatAddress, linkLocal, maskOf, networkOf, parseAddress, within } from "./address";

test("addresses are read and printed as dotted numbers", () => {
  for (const text of ["0.0.0.0", "10.0.0.1", "192.168.255.254", "255.255.255.255"]) {
    const address = parseAddress(text);
    expect(address === undefined ? undefined : formatAddress(address)).toBe(text);
  }
  for (const text of ["", "10.0.0", "10.0.0.256", "1.2.3.4.5", "10.0.0.x"]) expect(parseAddress(text)).toBeUndefined();
  // As iproute2 reads a network: the numbers left out are zero.
  expect(parseAddress("10.1", 1)).toBe(parseAddress("10.1.0.0"));
});

test("a prefix tells network, mask and broadcast", () => {
  const address = 0x0a_00_01_05;
  expect([maskOf(24), networkOf(address, 24), broadcastOf(address, 24)]).toEqual([0xff_ff_ff_00, 0x0a_00_01_00, 0x0a_00_01_ff]);
  expect([maskOf(0), maskOf(32)]).toEqual([0, 0xff_ff_ff_ff]);
  expect([within(address, 0x0a_00_01_00, 24), within(address, 0x0a_00_02_00, 24), within(address, 0, 0)]).toEqual([true, false, true]);
});

test("a link-local address comes of the link-layer address", () => {
  // RFC 4291, appendix A: the universal bit is turned, ff:fe stands in the middle.
  expect(linkLocal("34:56:78:9a:bc:de")).toBe("fe80::3656:78ff:fe9a:bcde");
});
