/**
 * The natural logarithm by basic arithmetic alone, so that its last bit is the same everywhere: the argument is brought near one by
 * halving, and ln(m) = 2·artanh((m-1)/(m+1)) is summed until nothing is added.
 */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;

/** `x` must be positive and finite. */
export function naturalLog(x: number): number {
  let exponent = 0;
  let mantissa = x;
  while (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  let power = ratio;
  let sum = 0;
  for (let n = 1; n < 60; n += 2) {
    sum += power / n;
    power *= square;
  }
  return exponent * LN2_HIGH + (2 * sum + exponent * LN2_LOW);
}
