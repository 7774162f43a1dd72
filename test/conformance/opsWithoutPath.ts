/** The ops of tfjs-converter that no case is about, because no number passes from an input through them. */
export const opsWithoutPath: ReadonlySet<string> = new Set([
  // control flow and lists of tensors: TF.js runs them asynchronously only; a Switch, a Merge and a list stand for them
  'Merge', 'EmptyTensorList', 'LoopCond', 'Enter', 'Exit', 'NextIteration', 'StatelessIf', 'If', 'StatelessWhile', 'While',
  'TensorArrayV3', 'TensorArrayWriteV3', 'TensorArrayReadV3', 'TensorArrayGatherV3', 'TensorArrayScatterV3', 'TensorArrayConcatV3',
  'TensorArraySplitV3', 'TensorArraySizeV3', 'TensorArrayCloseV3', 'TensorListScatter', 'TensorListScatterV2', 'TensorListGather',
  'TensorListGetItem', 'TensorListSetItem', 'TensorListReserve', 'TensorListFromTensor', 'TensorListSplit', 'TensorListConcat',
  'TensorListConcatV2', 'TensorListPopBack', 'TensorListPushBack', 'TensorListLength', 'TensorListResize',
  // likewise, beside the one that has a case
  'NonMaxSuppressionV2', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5',
  // random numbers: no two runs give the same
  'RandomStandardNormal', 'RandomUniform', 'RandomUniformInt', 'TruncatedNormal', 'Multinomial',
  // texts, tables and decision forests
  'StaticRegexReplace', 'StringNGrams', 'StringSplit', 'StringToHashBucketFast',
  'HashTable', 'HashTableV2', 'LookupTableImport', 'LookupTableImportV2', 'LookupTableFind', 'LookupTableFindV2', 'LookupTableSize',
  'LookupTableSizeV2', 'InitializeTable', 'InitializeTableV2',
  'SimpleMLCreateModelResource', 'SimpleMLLoadModelFromPathWithHandle', 'SimpleMLInferenceOpWithHandle',
  // whole numbers alone
  'SparseReshape', 'RaggedRange',
  // an input, which every case has; and one that writes to the console
  'Placeholder', 'Print',
]);
