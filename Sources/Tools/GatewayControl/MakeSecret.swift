/// 32 bytes of the kernel's random source, as 64 hex digits: as strong as the HMAC keys they become.
func makeSecret() -> String {
    var random = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef")
    return String((0..<64).map { _ in digits[Int.random(in: 0..<16, using: &random)] })
}
