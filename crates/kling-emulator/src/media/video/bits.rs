//! Writes the bits of an H.264 stream: fixed numbers, Exp-Golomb codes, NAL units.

/// Bits that are being written, the highest first.
#[derive(Debug, Default)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// The bits that do not fill a byte yet, lowest last.
    pending: u64,
    pending_count: u32,
}

impl Bits {
    /// The lowest `count` bits of `value`; at most 32.
    pub(super) fn put(&mut self, value: u32, count: u32) {
        self.pending = (self.pending << count) | u64::from(value);
        self.pending_count += count;
        while self.pending_count >= 8 {
            self.pending_count -= 8;
            let byte = (self.pending >> self.pending_count) & 0xff;
            self.bytes.push(u8::try_from(byte).unwrap_or_default());
            self.pending &= (1 << self.pending_count) - 1;
        }
    }

    /// An unsigned Exp-Golomb code.
    pub(super) fn unsigned(&mut self, value: u32) {
        let code = value + 1;
        let bits = 32 - code.leading_zeros();
        self.put(0, bits - 1);
        self.put(code, bits);
    }

    /// A signed Exp-Golomb code.
    pub(super) fn signed(&mut self, value: i32) {
        let double = value.unsigned_abs() * 2;
        self.unsigned(if value > 0 { double - 1 } else { double });
    }

    /// The bytes, closed with a one and as many zeros as a whole byte takes.
    pub(super) fn finish(mut self) -> Vec<u8> {
        self.put(1, 1);
        if self.pending_count > 0 {
            self.put(0, 8 - self.pending_count);
        }
        self.bytes
    }

    /// A NAL unit under this header byte. No three bytes in it look like a start code.
    pub(super) fn into_nal(self, header: u8) -> Vec<u8> {
        let payload = self.finish();
        let mut unit = Vec::with_capacity(payload.len() + payload.len() / 64 + 1);
        unit.push(header);
        let mut zeros = 0;
        for byte in payload {
            if zeros == 2 && byte <= 3 {
                unit.push(3);
                zeros = 0;
            }
            zeros = if byte == 0 { zeros + 1 } else { 0 };
            unit.push(byte);
        }
        unit
    }
}

#[cfg(test)]
mod tests {
    use super::Bits;

    #[test]
    fn golomb_codes_are_the_standards() {
        let mut bits = Bits::default();
        for value in 0..4 {
            bits.unsigned(value);
        }
        // 1 010 011 00100, then the closing one.
        assert_eq!(bits.finish(), [0b1010_0110, 0b0100_1000]);

        let mut bits = Bits::default();
        for value in [1, -1, 2] {
            bits.signed(value);
        }
        // 010 011 00100, then the closing one.
        assert_eq!(bits.finish(), [0b0100_1100, 0b1001_0000]);
    }

    #[test]
    fn nothing_inside_a_unit_looks_like_a_start_code() {
        let mut bits = Bits::default();
        for byte in [0, 0, 1, 0, 0, 0, 9] {
            bits.put(byte, 8);
        }

        assert_eq!(bits.into_nal(0x67), [0x67, 0, 0, 3, 1, 0, 0, 3, 0, 9, 0x80]);
    }
}
