package org.privateproving.sp1;

/**
 * What an engine is.
 *
 * @param kind what does the proving
 * @param sdkVersion the SP1 release it is built from, for example {@code 6.10.0}
 * @param circuitVersion the circuits its proofs are for, for example {@code v6.1.0}; a request on
 *     the wire says {@code sp1-} and then this
 */
public record EngineInfo(EngineKind kind, String sdkVersion, String circuitVersion) {}
