import CLibrdkafka
import Logging

extension RDEvent {
    /// Hands each delivery report of this event to the batch it belongs to.
    func landEach() {
        while let message = nextMessage() {
            guard let opaque = message.pointee._private else { continue }
            let code = message.pointee.err
            let error = code == RD_KAFKA_RESP_ERR_NO_ERROR ? nil : KafkaError(code)
            SendBatch.landed(
                opaque, at: KafkaPlace(partition: message.pointee.partition, offset: message.pointee.offset), error: error)
        }
    }

    /// Passes a line of librdkafka's log on, at the level that syslog's number means.
    func write(to logger: Logger) {
        guard let line = logLine else { return }
        let level: Logger.Level =
            switch line.level {
            case ...3: .error
            case 4: .warning
            case 5: .notice
            case 6: .info
            default: .debug
            }
        logger.log(level: level, "\(line.text)", metadata: ["librdkafka": "\(line.facility)"])
    }
}
