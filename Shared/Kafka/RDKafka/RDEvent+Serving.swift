import CLibrdkafka
import Logging

extension RDEvent {
    /// Passes each delivery report of this event to its batch.
    func dispatchDeliveryReports() {
        while let message = nextMessage() {
            guard let opaque = message.pointee._private else { continue }
            let report = message.pointee
            SendBatch.delivered(
                opaque,
                report.err == RD_KAFKA_RESP_ERR_NO_ERROR
                    ? .success(KafkaRecordMetadata(partition: report.partition, offset: report.offset)) : .failure(KafkaError(report.err)))
        }
    }

    /// Writes a line of librdkafka's log to the logger, with the syslog level converted.
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
