// What libFuzzer calls; it brings its own `main`. Not a part of the tests.

/// The target that `--target=NAME` names among the arguments.
private let target: FuzzTarget = {
    let name = CommandLine.arguments.compactMap { argument in
        argument.hasPrefix("--target=") ? argument.dropFirst("--target=".count) : nil
    }.last
    guard let name, let target = FuzzTarget(rawValue: String(name)) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
        fatalError("--target= wants one of: \(names)")
    }
    return target
}()

@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        try target.run(Array(UnsafeBufferPointer(start: start, count: count)))
    } catch {
        fatalError("\(target.rawValue): \(error)")
    }
    return 0
}
