package org.privateproving.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.privateproving.domain.Refusal;
import org.privateproving.domain.Refusal.Reason;
import org.privateproving.request.RequestFilter;
import org.privateproving.wire.network.GetFilteredProofRequestsRequest;

/** Pages and limits as the network has them. */
class ListingTest {
  private static GetFilteredProofRequestsRequest.Builder request() {
    return GetFilteredProofRequestsRequest.newBuilder()
        .setRequester(ByteString.copyFrom(new byte[20]));
  }

  private static RequestFilter filter(GetFilteredProofRequestsRequest.Builder request) {
    return Listing.filter(GatewaySettings.Listing.BY_REQUESTER, request.build());
  }

  @Test
  void listsTheFirstTenUnlessToldOtherwise() {
    assertThat(filter(request()).limit()).isEqualTo(10);
    assertThat(filter(request()).page()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 0", "2, 1", "10000, 9999"})
  void countsPagesFromOneAndTakesNoneForTheFirst(int page, int skipped) {
    assertThat(filter(request().setPage(page)).page()).isEqualTo(skipped);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100})
  void listsUpToAHundred(int limit) {
    assertThat(filter(request().setLimit(limit)).limit()).isEqualTo(limit);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 101, -1})
  void refusesAnotherLimit(int limit) {
    assertRefused(request().setLimit(limit), "limit: ");
  }

  @ParameterizedTest
  @ValueSource(ints = {10_001, -1})
  void refusesAPageThatNobodyNeeds(int page) {
    assertRefused(request().setPage(page), "page: ");
  }

  private static void assertRefused(
      GetFilteredProofRequestsRequest.Builder request, String message) {
    assertThatThrownBy(() -> filter(request))
        .isInstanceOfSatisfying(
            Refusal.class, refusal -> assertThat(refusal.reason()).isEqualTo(Reason.INVALID))
        .hasMessageStartingWith(message);
  }
}
