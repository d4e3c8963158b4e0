import CloudAPI
import Testing

struct GraphErrorTableTests {
    /// A second copy of the reference, by class: whoever changes one must look at the other.
    private static let reference: [(ErrorClass, [Int64])] = [
        (.auth, [0, 3, 10, 104, 190, 131_005] + (200...299)),
        (
            .account(.businessAccount),
            [368, 131_031, 131_042, 134_011]
        ),
        (.account(.number), [33, 131_037, 131_045, 133_010]),
        (.account(.calling), [131_044]),
        (.account(.marketing), [131_063]),
        (.throttle(.app), [4, 17, 32, 613]),
        (.throttle(.businessAccount), [80_007, 131_064]),
        (.throttle(.management), [80_008]),
        (.throttle(.number), [130_429, 131_048]),
        (.throttle(.pair), [131_056]),
        (.throttle(.registration), [133_016, 133_008, 133_009]),
        (.throttle(.flow), [132_069]),
        (.throttle(.groups), [131_208]),
        (.transient(tries: 3), [1]),
        (
            .transient(tries: nil),
            [
                2, 131_000, 131_016, 131_057, 133_004, 2_494_100, 134_101, 133_015, 139_102,
                139_103,
            ]
        ),
        (
            .permanent,
            [
                100, 130_403, 130_472, 130_497, 131_008, 131_009, 131_014, 131_021, 131_026,
                131_030, 131_047, 131_049, 131_050, 131_051, 131_053, 131_055, 131_062, 135_000,
                137_000, 134_100, 132_000, 132_005, 132_008, 132_012, 132_018, 2_388_019,
                2_388_039, 2_388_040, 2_388_047, 2_388_072, 2_388_073, 2_388_293, 2_388_299,
                133_000, 133_005, 133_006, 136_024, 136_025, 2_388_001, 2_388_012, 2_388_091,
                2_388_093, 2_388_103, 2_593_107, 2_593_108, 131_020, 131_041, 131_059, 131_202,
                131_204, 131_207, 139_100, 139_101,
            ] + (139_000...139_004) + (200_005...200_007) + (131_209...131_215)
                + (138_000...138_018) + (147_001...147_005)
        ),
        (.template, [132_001, 132_007, 132_015, 132_016, 132_068, 134_102]),
        (.information, [131_052, 131_060, 131_201, 2_593_109, 1_752_041]),
    ]

    @Test("every code of Meta's reference has its class", arguments: reference)
    func classes(errorClass: ErrorClass, codes: [Int64]) {
        for code in codes {
            #expect(GraphErrorTable.entry(for: code)?.errorClass == errorClass, "\(code)")
        }
    }

    @Test("no code stands in two rows, and none but those of the reference has one")
    func exactly() {
        let known = GraphErrorTable.rows.flatMap { Array($0.codes) }
        #expect(Set(known).count == known.count)
        #expect(Set(known) == Set(Self.reference.flatMap(\.1)))
    }

    @Test("each row says what happened and what to do next, in one sentence or two")
    func hints() {
        for row in GraphErrorTable.rows {
            #expect(row.hint.hasSuffix(".") && row.hint.first?.isUppercase == true, "\(row.codes)")
            #expect(row.meaning.count > 10 && !row.meaning.hasSuffix("."), "\(row.codes)")
        }
    }

    @Test(
        "a caller is told what kind of error it is",
        arguments: [
            (0, .providerUnauthorized), (190, .providerUnauthorized), (104, .providerUnauthorized),
            (10, .permissionDenied), (3, .permissionDenied), (200, .permissionDenied),
            (299, .permissionDenied), (131_005, .permissionDenied), (368, .accountRestricted),
            (131_031, .accountRestricted), (131_042, .accountRestricted), (33, .accountRestricted),
            (131_026, .invalidRecipient), (131_030, .invalidRecipient),
            (131_021, .invalidRecipient), (131_047, .outsideWindow),
            (132_001, .templateUnavailable), (132_015, .templateUnavailable),
            (132_000, .templateParameters), (132_012, .templateParameters),
            (132_018, .templateParameters), (100, .rejectedByProvider),
            (131_049, .rejectedByProvider), (131_053, .rejectedByProvider), (4, .throttled),
            (130_429, .throttled), (131_056, .throttled), (131_000, .unavailable),
        ] as [(Int64, CallerError)])
    func callers(code: Int64, caller: CallerError) {
        #expect(GraphErrorTable.entry(for: code)?.caller == caller)
    }

    @Test(
        "each kind has the status that its answer has",
        arguments: zip(
            CallerError.allCases, [401, 403, 403, 400, 400, 400, 400, 400, 429, 503]))
    func statuses(caller: CallerError, status: Int) {
        #expect(caller.httpStatus == status)
    }

    @Test(
        "an unknown code is judged by how it came",
        arguments: [
            (500, false, .transient(tries: nil)), (503, false, .transient(tries: nil)),
            (400, true, .transient(tries: nil)), (401, false, .auth),
            (401, true, .transient(tries: nil)), (429, false, .throttle(.number)),
            (429, true, .throttle(.number)), (400, false, .permanent), (499, false, .permanent),
            (404, false, .permanent), (nil, false, .permanent), (nil, true, .transient(tries: nil)),
        ] as [(Int?, Bool, ErrorClass)])
    func unknown(status: Int?, isTransient: Bool, errorClass: ErrorClass) {
        for code in [999_999, -1, .max, nil] as [Int64?] {
            let entry = GraphErrorTable.entry(
                code: code, httpStatus: status, isTransient: isTransient)
            #expect(entry.errorClass == errorClass)
        }
    }

    @Test("a known code is judged by itself, whatever the status, but a passing trouble passes")
    func knownCodes() {
        func judged(_ code: Int64, _ status: Int, _ isTransient: Bool = false) -> ErrorClass {
            GraphErrorTable.entry(code: code, httpStatus: status, isTransient: isTransient)
                .errorClass
        }
        #expect(judged(131_047, 500) == .permanent)
        #expect(judged(190, 400) == .auth)
        #expect(judged(131_009, 400, true) == .transient(tries: nil))
        #expect(judged(190, 400, true) == .auth)
        #expect(judged(132_015, 400, true) == .template)
        #expect(judged(1, 400, true) == .transient(tries: 3))
    }

    @Test("what stops a token, an account or a number for hours raises an alarm")
    func alarms() {
        let alarming: [Int64] = [190, 10, 368, 131_042, 33, 131_048, 131_064]
        for code in alarming { #expect(GraphErrorTable.entry(for: code)?.raisesAlarm == true) }
        let quiet: [Int64] = [4, 130_429, 131_056, 131_000, 131_047, 132_015, 131_052]
        for code in quiet { #expect(GraphErrorTable.entry(for: code)?.raisesAlarm == false) }
    }
}
