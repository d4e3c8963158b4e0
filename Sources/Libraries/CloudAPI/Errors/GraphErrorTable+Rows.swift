// Meta, "Error codes" (read Sep 2026; classes and cures are ours). One row a cause, in Meta's groups.
extension GraphErrorTable {
    package static let rows: [GraphErrorEntry] =
        authorization + throttling + temporary
        + recipients + messages + templates + registration + others

    // MARK: Authorization and integrity

    private static let authorization: [GraphErrorEntry] = [
        .init(
            0, .auth, "Meta cannot authenticate the app user",
            do: "Check WHATSAPP_ACCESS_TOKEN: make a new permanent token of a system user."),
        .init(
            3, .auth, "the app lacks the capability", as: .permissionDenied,
            do: "Give the app whatsapp_business_messaging, and switch it to Live mode."),
        .init(
            10, .auth, "permission not granted or removed", as: .permissionDenied,
            do: "Give the token whatsapp_business_messaging, and its user the account as an asset."),
        .init(
            104, .auth, "the request's token or appsecret_proof is wrong",
            do: "Check that WHATSAPP_ACCESS_TOKEN and WHATSAPP_APP_SECRET belong to one app."),
        .init(
            190, .auth, "the access token is expired or invalid",
            do:
                "Replace WHATSAPP_ACCESS_TOKEN, then ./run.sh restart provider; what waits goes out."
        ),
        .init(
            200...299, .auth, "permission not granted or removed", as: .permissionDenied,
            do:
                "Check the app (Live mode), the token's WhatsApp permissions and who owns the number."
        ),
        .init(
            131_005, .auth, "access denied", as: .permissionDenied,
            do: "Give the token whatsapp_business_messaging, and its user the account as an asset."),
        .init(
            368, .account(.businessAccount), "the account is restricted for a policy violation",
            do: "See Account quality in WhatsApp Manager, and request a review there."),
        .init(
            130_497, .permanent, "the account may not message people in this country",
            do: "Leave this country out: Meta's business policy forbids it to this account."),
        .init(
            131_031, .account(.businessAccount), "the account is locked",
            do: "See Account quality in WhatsApp Manager; if a PIN was just set, check it."),
    ]

    // MARK: Throttling

    private static let throttling: [GraphErrorEntry] = [
        .init(
            4, .throttle(.app), "the app's call limit is reached",
            do: "Send less, or wait: the limit is counted per hour; nothing is lost."),
        .init(
            17, .throttle(.app), "the user's call limit is reached",
            do: "Send less, or wait: the limit is counted per hour; nothing is lost."),
        .init(
            32, .throttle(.app), "the page's call limit is reached",
            do: "Send less, or wait: the limit is counted per hour; nothing is lost."),
        .init(
            613, .throttle(.app), "a call limit of this kind is reached",
            do: "Send less, or wait a minute; nothing is lost."),
        .init(
            80_007, .throttle(.businessAccount), "the account's call limit is reached",
            do: "Send less, or wait: the limit is counted per hour; nothing is lost."),
        .init(
            80_008, .throttle(.management), "the account's limit of management calls is reached",
            do: "Ask for templates and numbers less often; messages are not concerned."),
        .init(
            130_429, .throttle(.number), "the number's throughput is reached",
            wait: .seconds(1),
            do: "Wait some seconds; Meta raises 80 messages a second for numbers that need more."),
        .init(
            131_048, .throttle(.number),
            "too many messages of this number were blocked or reported",
            wait: .seconds(3_600),
            do: "See the number's quality in WhatsApp Manager; send only what people asked for."),
        .init(
            131_056, .throttle(.pair), "too many messages to this person in a short time",
            wait: .seconds(1),
            do: "Send this person less: one message in 6 seconds; others are not concerned."),
        .init(
            131_064, .throttle(.businessAccount), "limited for wrongly classified templates",
            wait: .seconds(3_600),
            do:
                "Correct the categories of the templates in WhatsApp Manager; it takes hours or days."
        ),
        .init(
            133_016, .throttle(.registration), "too many registrations of this number",
            wait: .seconds(72 * 3_600),
            do: "Wait 72 hours before registering the number again."),
        .init(
            132_069, .throttle(.flow), "the flow is throttled to 10 messages an hour",
            wait: .seconds(360),
            do: "Repair the flow's endpoint; WhatsApp Manager shows what is wrong with it."),
        .init(
            131_208, .throttle(.groups), "too many group operations",
            do: "Change groups less often."),
    ]

    // MARK: Server side and temporary

    private static let temporary: [GraphErrorEntry] = [
        .init(
            1, .transient(tries: 3), "invalid request, or an error of Meta's",
            do: "If it stays so, compare the request with Meta's documentation."),
        .init(
            2, .transient(tries: nil), "Meta is overloaded or out of service",
            do: "Nothing: it is tried again. See metastatus.com if it lasts."),
        .init(
            131_000, .transient(tries: nil), "an unknown error of Meta's",
            do: "Nothing: it is tried again. Report it to Meta with the trace if it lasts."),
        .init(
            131_016, .transient(tries: nil), "a service of Meta's is unavailable",
            do: "Nothing: it is tried again. See metastatus.com if it lasts."),
        .init(
            131_057, .transient(tries: nil), "the account is in maintenance",
            wait: .seconds(60), do: "Nothing: it takes about a minute, then it is tried again."),
        .init(
            133_004, .transient(tries: nil), "Meta's registration is unavailable",
            do: "Try the registration again later."),
        .init(
            2_494_100, .transient(tries: nil), "the number is in maintenance",
            wait: .seconds(60), do: "Nothing: it takes some minutes, then it is tried again."),
        .init(
            134_101, .transient(tries: nil), "the template is still being copied",
            wait: .seconds(600), do: "Nothing: a new template takes 10 minutes to get everywhere."),
        .init(
            133_015, .transient(tries: nil), "the number was just deleted",
            wait: .seconds(300), do: "Wait 5 minutes, then register the number again."),
    ]

    // MARK: Recipients

    private static let recipients: [GraphErrorEntry] = [
        .init(
            130_403, .permanent, "you have blocked this person", as: .invalidRecipient,
            do: "Unblock the person, then send again."),
        .init(
            130_472, .permanent, "the person takes part in an experiment of Meta's",
            do: "Don't send it again; wait for the person to write, or use another channel."),
        .init(
            131_021, .permanent, "sender and recipient are the same number",
            as: .invalidRecipient, do: "Send to another number than the one that sends."),
        .init(
            131_026, .permanent, "the message cannot be delivered to this number",
            as: .invalidRecipient,
            do: "Check the number (+ and country code), and that it uses a current WhatsApp."),
        .init(
            131_030, .permanent, "the recipient is not on the list of this test number",
            as: .invalidRecipient,
            do:
                "Add the number to the app's recipients, check its form (+91…), or use a real number."
        ),
        .init(
            131_047, .permanent, "the person has not written for 24 hours", as: .outsideWindow,
            do: "Send an approved template; when the person answers, anything may be sent."),
        .init(
            131_049, .permanent, "held back: this person gets much marketing already",
            do: "Don't repeat it; plan it anew after a day at the earliest."),
        .init(
            131_050, .permanent, "the person opted out of your marketing",
            do: "Send this person no marketing until they opt in again."),
        .init(
            131_062, .permanent, "this kind of message needs a phone number",
            as: .invalidRecipient, do: "Send to the person's phone number in place of the user id."),
        .init(
            137_000, .permanent, "the person's identity has changed",
            do: "Make sure who the person is, then send with the new identity hash."),
    ]

    // MARK: Message and account

    private static let messages: [GraphErrorEntry] = [
        .init(
            33, .account(.number), "the phone number id does not exist or was deleted",
            do: "Check WHATSAPP_PHONE_NUMBER_ID: it is the id in WhatsApp Manager, not the number."),
        .init(
            100, .permanent, "a parameter is wrong, unknown or too long",
            do: "Correct the field that the details name; check that the id belongs to the token."),
        .init(
            131_008, .permanent, "a required parameter is missing",
            do: "Add the field that the details name."),
        .init(
            131_009, .permanent, "a parameter has a wrong value",
            do: "Correct the field that the details name; a reaction's target may be too old."),
        .init(
            131_014, .permanent, "Meta could not fetch the file",
            do:
                "Check that the link is public and answers fast; or upload the file and send its id."
        ),
        .init(
            131_037, .account(.number), "the number has no approved display name",
            do: "Have a display name approved in WhatsApp Manager."),
        .init(
            131_042, .account(.businessAccount), "payment or billing is not in order",
            do: "Check payment method, credit line, currency and time zone in WhatsApp Manager."),
        .init(
            131_044, .account(.calling), "no valid payment method for calls",
            do: "Add a payment method in WhatsApp Manager."),
        .init(
            131_045, .account(.number), "the number is not rightly registered",
            do: "Register the number again (POST /{phone_number_id}/register)."),
        .init(
            131_051, .permanent, "this kind of message is not supported",
            do: "Send another kind of message."),
        .init(
            131_052, .information, "a file that a person sent cannot be downloaded",
            do: "Ask the person to send it another way."),
        .init(
            131_053, .permanent, "the file cannot be taken",
            do: "Check the file's type, codec and size; or upload it and send its id."),
        .init(
            131_055, .permanent, "only marketing templates are taken there",
            do: "Send it as an ordinary message."),
        .init(
            131_060, .information, "a message that a person sent is not available now",
            do: "Ask the person to send it again."),
        .init(
            131_063, .account(.marketing), "marketing templates are switched off for this account",
            do: "Send them by the Marketing Messages API, or switch them on in WhatsApp Manager."),
        .init(
            135_000, .permanent, "an unknown error with these parameters",
            do: "Compare the request with Meta's documentation; report the trace to Meta."),
        .init(
            134_011, .account(.businessAccount), "the terms of payments are not accepted",
            do: "Accept the terms in WhatsApp Manager."),
        .init(
            134_100, .permanent, "only marketing messages are taken by this API",
            do: "Send it as an ordinary message."),
        .init(
            134_102, .template, "the template is not available for the marketing API",
            do: "Send the template as an ordinary message, or wait until Meta offers it there."),
    ]

    // MARK: Templates and flows

    private static let templates: [GraphErrorEntry] = [
        .init(
            132_000, .permanent, "the number of parameters differs from the template's",
            as: .templateParameters,
            do:
                "Give as many values as the template has variables, in its style (named or numbered)."
        ),
        .init(
            132_001, .template, "no approved template of that name in that language",
            do: "Check template_name and language_code against GET /api/whatsapp/templates."),
        .init(
            132_005, .permanent, "the text is too long once filled in", as: .templateParameters,
            do: "Shorten the values."),
        .init(
            132_007, .template, "the template's content violates a policy",
            do: "See the template in WhatsApp Manager; change its text or appeal."),
        .init(
            132_008, .permanent, "a template parameter is invalid", as: .templateParameters,
            do: "Correct the value that the details name."),
        .init(
            132_012, .permanent, "a template parameter has the wrong form",
            as: .templateParameters,
            do:
                "Give each value the type of its variable; use names only where the template has them."
        ),
        .init(
            132_015, .template, "the template is paused for low quality",
            do: "Wait until Meta lifts the pause, or send another template; what waits is held."),
        .init(
            132_016, .template, "the template is disabled for ever",
            do: "Make a new template with another text; discard what waits for this one."),
        .init(
            132_018, .permanent, "the template's parameters are not valid",
            as: .templateParameters,
            do: "Take line ends, tabs and long runs of blanks out of the values."),
        .init(
            132_068, .template, "the template's flow is blocked",
            do: "Repair the flow in WhatsApp Manager."),
        .init(
            139_000...139_004, .permanent, "the flow is blocked or cannot be changed",
            do: "See the flow's errors in WhatsApp Manager."),
        .init(
            2_388_019, .permanent, "the account has as many templates as it may",
            do: "Delete templates that are not used."),
        .init(
            2_388_039, .permanent, "the template may not be edited now",
            do: "Wait until its review has ended; approved ones may be edited once a day."),
        .init(
            2_388_040, .permanent, "a part of the template is too long",
            do: "Shorten the part that the details name."),
        .init(
            2_388_047, .permanent, "the template's header has a wrong form",
            do: "Correct the header: 60 characters, one variable, no line ends, no emoji."),
        .init(
            2_388_072, .permanent, "the template's body has a wrong form",
            do: "Correct the body: number its variables from 1, without gaps."),
        .init(
            2_388_073, .permanent, "the template's footer has a wrong form",
            do: "Correct the footer: 60 characters, no variables."),
        .init(
            2_388_293, .permanent, "the template has too many variables for its length",
            do: "Add text to the template, or take variables out."),
        .init(
            2_388_299, .permanent, "the template starts or ends with a variable",
            do: "Put words before the first and after the last variable."),
        .init(
            200_005...200_007, .permanent, "template insights are not available",
            do: "Switch template insights on in WhatsApp Manager."),
    ]

    // MARK: Registration and migration

    private static let registration: [GraphErrorEntry] = [
        .init(
            133_000, .permanent, "an earlier deregistration failed",
            do: "Deregister the number again, then register it."),
        .init(
            133_005, .permanent, "the PIN is wrong",
            do: "Give the two-step PIN of the number, or reset it in WhatsApp Manager."),
        .init(
            133_006, .permanent, "the number is not verified",
            do: "Verify the number by code before registering it."),
        .init(
            133_008...133_009, .throttle(.registration), "too many PINs, or too fast",
            do: "Wait as long as the details say before the PIN is tried again."),
        .init(
            133_010, .account(.number), "the number is not registered",
            do: "Register the number (POST /{phone_number_id}/register)."),
        .init(
            136_024...136_025, .permanent, "the verification code failed",
            do: "Ask for the code again in WhatsApp Manager, by voice if not by SMS."),
        .init(2_388_001, .permanent, "the number cannot be moved", do: migration),
        .init(2_388_012, .permanent, "the number cannot be moved", do: migration),
        .init(2_388_091, .permanent, "the number cannot be moved", do: migration),
        .init(2_388_093, .permanent, "the number cannot be moved", do: migration),
        .init(2_388_103, .permanent, "the number cannot be moved", do: migration),
        .init(
            2_593_107...2_593_108, .permanent,
            "the app's history was asked for too often or too late",
            do:
                "Connect the WhatsApp Business app anew; its history is given once, within 24 hours."
        ),
        .init(
            2_593_109, .information, "the owner does not share the history",
            do: "Nothing: only messages from now on are seen."),
    ]

    private static let migration =
        "Do what the details say in WhatsApp Manager, then move it again."

    // MARK: Groups, blocking, calls

    private static let others: [GraphErrorEntry] = [
        .init(
            131_020, .permanent, "the group is not valid", as: .invalidRecipient,
            do: "Check the group's id."),
        .init(
            131_041, .permanent, "the group is not known", as: .invalidRecipient,
            do: "Check the group's id, and that the number is still in the group."),
        .init(131_059, .permanent, "the cursor is not valid", do: "Begin the list anew."),
        .init(
            131_201, .information, "it worked for some participants only",
            do: "See the details for those that failed."),
        .init(131_202, .permanent, groups, do: "See the details for the limit or the field."),
        .init(131_204, .permanent, groups, do: "See the details for the limit or the field."),
        .init(
            131_207, .permanent, "the group is suspended", as: .invalidRecipient,
            do: "Use another group, or ask Meta why."),
        .init(
            131_209...131_215, .permanent, groups, do: "See the details for the limit or the field."
        ),
        .init(
            139_100...139_101, .permanent, "not all could be blocked",
            do: "Block only people who wrote in the last 24 hours; the list holds 64,000."),
        .init(
            139_102...139_103, .transient(tries: nil),
            "the list of blocked people is being changed",
            do: "Try again in a moment."),
        .init(
            138_000...138_018, .permanent, "an error of the calling feature",
            do: "This gateway places no calls; see Meta's calling errors."),
        .init(
            147_001...147_005, .permanent, "an error of the business username",
            do: "Change the username in WhatsApp Manager."),
        .init(1_752_041, .information, "this onboarding was asked for before", do: "Nothing."),
    ]

    private static let groups = "the group cannot be changed or written to like this"
}
