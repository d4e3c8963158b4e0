// What is not known is said as null rather than left out: a reader sees every field there is.

extension Message {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(wamid, forKey: .wamid)
        try container.encode(direction, forKey: .direction)
        try container.encode(provider, forKey: .provider)
        try container.encode(phoneNumberID, forKey: .phoneNumberID)
        try container.encode(contact, forKey: .contact)
        try container.encode(userID, forKey: .userID)
        try container.encode(groupID, forKey: .groupID)
        try container.encode(type, forKey: .type)
        try container.encode(text, forKey: .text)
        try container.encode(content, forKey: .content)
        try container.encode(media, forKey: .media)
        try container.encode(replyTo, forKey: .replyTo)
        try container.encode(reference, forKey: .reference)
        try container.encode(status, forKey: .status)
        try container.encode(statusAt, forKey: .statusAt)
        try container.encode(error, forKey: .error)
        try container.encode(sentBy, forKey: .sentBy)
        try container.encode(origin, forKey: .origin)
        try container.encode(forwarded, forKey: .forwarded)
        try container.encode(referredProduct, forKey: .referredProduct)
        try container.encode(referral, forKey: .referral)
        try container.encode(reactions, forKey: .reactions)
        try container.encode(editedAt, forKey: .editedAt)
        try container.encode(revokedAt, forKey: .revokedAt)
        try container.encode(revisions, forKey: .revisions)
        try container.encode(participants, forKey: .participants)
        try container.encode(pricing, forKey: .pricing)
        try container.encode(timestamp, forKey: .timestamp)
        try container.encode(receivedAt, forKey: .receivedAt)
    }
}

extension Reaction {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(from, forKey: .from)
        try container.encode(emoji, forKey: .emoji)
        try container.encode(at, forKey: .at)
    }

    package enum CodingKeys: String, CodingKey { case from, emoji, at }
}

extension Revision {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(at, forKey: .at)
        try container.encode(type, forKey: .type)
        try container.encode(text, forKey: .text)
        try container.encode(content, forKey: .content)
    }

    package enum CodingKeys: String, CodingKey { case at, type, text, content }
}

extension Participant {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(contact, forKey: .contact)
        try container.encode(status, forKey: .status)
        try container.encode(statusAt, forKey: .statusAt)
        try container.encode(error, forKey: .error)
    }
}

extension Media {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(state, forKey: .state)
        try container.encode(mimeType, forKey: .mimeType)
        try container.encode(size, forKey: .size)
        try container.encode(sha256, forKey: .sha256)
        try container.encode(filename, forKey: .filename)
    }
}

extension Conversation {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(phoneNumberID, forKey: .phoneNumberID)
        try container.encode(contact, forKey: .contact)
        try container.encode(userID, forKey: .userID)
        try container.encode(username, forKey: .username)
        try container.encode(groupID, forKey: .groupID)
        try container.encode(name, forKey: .name)
        try container.encode(lastMessageText, forKey: .lastMessageText)
        try container.encode(lastMessageType, forKey: .lastMessageType)
        try container.encode(lastMessageAt, forKey: .lastMessageAt)
        try container.encode(lastDirection, forKey: .lastDirection)
        try container.encode(unreadCount, forKey: .unreadCount)
        try container.encode(marketingOptOut, forKey: .marketingOptOut)
        try container.encode(window, forKey: .window)
    }
}

extension Conversation.Window {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(open, forKey: .open)
        try container.encode(expiresAt, forKey: .expiresAt)
        try container.encode(freeEntryPointExpiresAt, forKey: .freeEntryPointExpiresAt)
    }
}

extension ListConversations.Answer {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(conversations, forKey: .conversations)
        try container.encode(nextCursor, forKey: .nextCursor)
        try container.encodeIfPresent(behind, forKey: .behind)
    }
}

extension ListMessages.Answer {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(contact, forKey: .contact)
        try container.encode(known, forKey: .known)
        try container.encode(messages, forKey: .messages)
        try container.encode(nextCursor, forKey: .nextCursor)
        try container.encodeIfPresent(behind, forKey: .behind)
    }
}

extension SearchMessages.Answer {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(messages, forKey: .messages)
        try container.encode(nextCursor, forKey: .nextCursor)
        try container.encodeIfPresent(behind, forKey: .behind)
    }
}
