internal import CloudAPI
internal import Wire

extension Problem {
    static func noMedia(_ id: String) -> Problem {
        Problem(
            .notFound, status: 404, "No media has this id.",
            hint: "Use media.id of a message, or the id that an upload was answered with.", id: id)
    }

    /// It is known, and not here (yet).
    static func mediaNotHere(_ row: MediaRow, in mode: Mode) -> Problem {
        switch row.state {
        case .pending where mode == .stub:
            var problem = mediaPending(row.id, after: 60)
            problem.hint =
                "Without WHATSAPP_ACCESS_TOKEN nothing can be fetched from Meta; it is once the"
                + " gateway is live."
            return problem
        case .pending: return mediaPending(row.id, after: 2)
        case .evicted:
            return mediaGone(
                row.id, "It was served, and made room for others.",
                hint: "Raise GATEWAY_MEDIA_MB, or keep what was downloaded.")
        case .expired:
            return mediaGone(
                row.id, "Meta does not keep it any more.",
                hint: "Ask its sender to send it again.")
        case .failed:
            return mediaGone(
                row.id, "Meta did not give it: \(row.problem?.message ?? "no reason is known.")",
                hint: row.problem?.hint ?? "Ask its sender to send it again.")
        case .stored: return unreadableMedia
        }
    }

    private static func mediaPending(_ id: String, after seconds: Int) -> Problem {
        Problem(
            .mediaPending, status: 503, "The file is not here yet.",
            hint: "It is being fetched from Meta; ask again, or follow message.updated.", id: id,
            retryable: true, retryAfterSeconds: seconds)
    }

    private static func mediaGone(_ id: String, _ message: String, hint: String) -> Problem {
        Problem(.mediaGone, status: 410, message, hint: hint, id: id)
    }

    static var unreadableMedia: Problem {
        Problem(
            .unavailable, status: 503, "The file could not be read or written.",
            hint: "See ./run.sh logs provider; check the disk.", retryable: true,
            retryAfterSeconds: 5)
    }

    static var mediaStoreFull: Problem {
        Problem(
            .storeFull, status: 503, "Less than 1 GiB is free on the disk: no file is taken in.",
            hint: "Free some space, then repeat the request.", retryable: true,
            retryAfterSeconds: 60)
    }

    // MARK: Uploads

    static func mediaTypeNotTaken(_ type: String) -> Problem {
        Problem(
            .unsupportedMediaType, status: 415,
            "WhatsApp takes no file of type \(BodyFields.short(type)).",
            hint: "Use one of \(MediaLimits.allTypes).", field: "mime_type")
    }

    static func mediaTooLarge(_ limits: MediaLimits) -> Problem {
        let unit = limits.longest >= 1 << 20 ? "MB" : "KB"
        let size = limits.longest >= 1 << 20 ? limits.longest >> 20 : limits.longest >> 10
        return Problem(
            .tooLarge, status: 413, "The file is larger than \(size) \(unit).",
            hint:
                "WhatsApp takes \(limits.kind.rawValue) files up to \(size) \(unit); make it smaller.",
            field: "size")
    }

    /// Provider began anew, or nobody sent a part for a while.
    static var uploadGone: Problem {
        Problem(
            .unavailable, status: 503, "The upload was dropped before it was complete.",
            hint: "Upload the file again, without pauses of minutes.", retryable: true,
            retryAfterSeconds: 1)
    }

    static var tooManyUploads: Problem {
        Problem(
            .unavailable, status: 503, "Too many uploads are under way.",
            hint: "Try again when one of them has ended.", retryable: true, retryAfterSeconds: 5)
    }
}

// MARK: Fetching

extension Problem {
    static func mediaUnanswered(_ reason: String) -> Problem {
        Problem(
            .unavailable, status: 503, "Meta did not give or take the file: \(reason).",
            hint: "It is tried again; see ./run.sh status for the way to Meta.", retryable: true,
            retryAfterSeconds: 5)
    }

    static func mediaUnwritten(_ reason: String) -> Problem {
        Problem(
            .unavailable, status: 503, "The file could not be written: \(reason).",
            hint: "Check the disk of GATEWAY_STATE_DIR; it is tried again.", retryable: true)
    }

    static var mediaTooLong: Problem {
        Problem(
            .tooLarge, status: 413, "The file has more than 100 MB.",
            hint: "Ask its sender for a smaller one.")
    }

    static var mediaDiffers: Problem {
        Problem(
            .rejectedByProvider, status: 502, "The file is not the one that Meta announced.",
            hint: "Ask its sender to send it again.")
    }

    static var foreignMediaHost: Problem {
        Problem(
            .rejectedByProvider, status: 502, "Meta named a host that is not known to be Meta's.",
            hint: "A newer release may know it; the token is sent to no other host.")
    }
}
