/**
 * Load tests: many simulated SDK clients against a running server or cluster, and what they saw.
 *
 * <p>Comes in: a plan of the command line. Goes out: a report as text, JSON and SVG. It speaks to
 * servers as an SDK does, over gRPC and HTTP, so it can drive any server that speaks that contract;
 * what looks behind the scenes (journal, processes) is left out where there is nothing to look at.
 * Of the product it uses the words, the signature, and the database that it starts for a server of
 * its own; it knows no gateway, no request and no dispatcher.
 */
@NullMarked
package org.privateproving.bench;

import org.jspecify.annotations.NullMarked;
