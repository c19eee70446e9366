/**
 * The face towards clients: gRPC ({@code network.ProverNetwork}, {@code artifact.ArtifactStore})
 * and HTTP for artifacts and health, on one port. Decides who may do what, checks what a message
 * claims, and is the only place where a refusal becomes a gRPC code or an HTTP status.
 *
 * <p>Comes in: calls of the SDK, byte for byte as it sends them. Goes out: orders to {@code
 * request}, signed messages to {@code network}, bytes to and from {@code artifact}. It owns no
 * truth: every answer can be given by any server of the cluster.
 */
@NullMarked
package org.privateproving.gateway;

import org.jspecify.annotations.NullMarked;
